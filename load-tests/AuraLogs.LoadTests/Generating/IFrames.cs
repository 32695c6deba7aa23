namespace AuraLogs.LoadTests.Generating;

/// <summary>Where frames come from. A frame is the same, byte for byte, whenever it is asked for with the same number and time.</summary>
internal interface IFrames
{
    int EventsPerFrame { get; }

    /// <summary>The most bytes that one frame takes.</summary>
    int MaxBytes { get; }

    /// <summary>Writes the frame and returns its length.</summary>
    int Write(long number, DateTimeOffset time, Span<byte> destination);
}
