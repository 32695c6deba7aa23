namespace AuraLogs.Forward;

/// <summary>
/// What the acknowledgements of all connections take that wait for a commit or have not arrived. Each connection has a bound of its own; this one is for
/// senders that are many and read nothing. When it is used up, who has a few acknowledgements outstanding is not read until they are written.
/// </summary>
internal sealed class AckMemory
{
    /// <summary>More than 100,000 acknowledgements: a second of them on a slow disk.</summary>
    public const long Limit = 16 << 20;

    private long _held;

    /// <summary>In bytes.</summary>
    public long Held => Interlocked.Read(ref _held);

    public bool IsShort => Held >= Limit;

    /// <param name="bytes">More, or with a minus less.</param>
    public void Add(long bytes) => Interlocked.Add(ref _held, bytes);
}
