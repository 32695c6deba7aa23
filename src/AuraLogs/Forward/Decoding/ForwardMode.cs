namespace AuraLogs.Forward.Decoding;

/// <summary>The shapes that a message can have; <see cref="ForwardDecoder"/> describes them.</summary>
internal enum ForwardMode
{
    Message,
    Forward,
    PackedForward,
    CompressedPackedForward,
}
