namespace AuraLogs.LoadTests.Generating;

/// <summary>Reads <c>{"ack": id}</c> maps, one after the other with nothing between them, as they come off the socket.</summary>
internal static class AckReader
{
    private static ReadOnlySpan<byte> Prefix => [0x81, 0xa3, (byte)'a', (byte)'c', (byte)'k'];

    /// <summary>Reads one ack from the start of the bytes; false when it has not come whole.</summary>
    /// <exception cref="InvalidDataException">What came is not an ack of ours.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> received, out long number)
    {
        number = 0;
        if (received.Length < Prefix.Length + 2)
            return false;
        if (!received.StartsWith(Prefix))
            throw new InvalidDataException("The aggregator answered with something other than an ack.");

        var header = received[Prefix.Length];
        var (length, start) = header == 0xd9 ? (received[Prefix.Length + 1], Prefix.Length + 2) : (header & 0x1f, Prefix.Length + 1);
        if (received.Length < start + length)
            return false;
        if (!ChunkId.TryParse(received.Slice(start, length), out number))
            throw new InvalidDataException("The aggregator acknowledged a chunk that was not sent.");

        received = received[(start + length)..];
        return true;
    }
}
