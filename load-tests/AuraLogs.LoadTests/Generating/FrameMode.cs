namespace AuraLogs.LoadTests.Generating;

/// <summary>The forms in which the forward protocol carries events.</summary>
internal enum FrameMode
{
    /// <summary>One event a frame: <c>[tag, time, record, option]</c>.</summary>
    Message,

    /// <summary><c>[tag, [[[time, {}], record], ...], option]</c>, as Fluent Bit sends by default.</summary>
    Forward,

    /// <summary><c>[tag, bin, option]</c>.</summary>
    Packed,

    /// <summary><c>[tag, bin, option]</c>, the binary gzip-compressed, as Fluent Bit sends with <c>compress gzip</c>.</summary>
    Gzip,
}
