namespace AuraLogs.Forward.Decoding;

/// <summary>The names of the modes, as metrics show them.</summary>
internal static class ForwardModes
{
    public static string Name(this ForwardMode mode) => mode switch
    {
        ForwardMode.Message => "message",
        ForwardMode.Forward => "forward",
        ForwardMode.PackedForward => "packed_forward",
        ForwardMode.CompressedPackedForward => "compressed_packed_forward",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };
}
