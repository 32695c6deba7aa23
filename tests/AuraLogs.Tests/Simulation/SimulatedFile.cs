namespace AuraLogs.Tests.Simulation;

/// <summary>The content of a file on the simulated disk. It outlives the handles, and the process.</summary>
internal sealed class SimulatedFile
{
    public byte[] Content { get; set; } = [];

    /// <summary>Bytes that were damaged at rest: offset and length.</summary>
    public List<(long Offset, long Length)> Damage { get; } = [];

    /// <summary>Where a block begins that can't be read; null: none.</summary>
    public long? BadBlock { get; set; }

    /// <summary>How many blocks from <see cref="BadBlock"/> on.</summary>
    public int BadBlocks { get; set; } = 1;

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (Content.Length < offset + bytes.Length)
        {
            var longer = new byte[offset + bytes.Length];
            Content.CopyTo(longer, 0);
            Content = longer;
        }

        bytes.CopyTo(Content.AsSpan((int)offset));
        if (BadBlock < offset + bytes.Length && BadBlock + 4096 > offset)
            BadBlock = null; // a disk has another block for what is written over a bad one
    }
}
