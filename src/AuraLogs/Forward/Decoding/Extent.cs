namespace AuraLogs.Forward.Decoding;

/// <summary>A run of bytes in a message.</summary>
internal readonly record struct Extent(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;
}
