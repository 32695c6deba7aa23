using AuraLogs.Memory;

namespace AuraLogs.Elasticsearch.Answers;

/// <summary>The body of an answer, in memory that it owns.</summary>
internal sealed class Answer(PooledBuffer buffer) : IDisposable
{
    private SemaphoreSlim? _turn;
    private int _disposed;

    public PooledBuffer Buffer => buffer;

    /// <summary>How many bytes it has so far.</summary>
    public int Length { get; set; }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room => buffer.Memory[Length..];

    /// <summary>Whether it is larger than usual, and its turn to be.</summary>
    public bool IsLarge => _turn is not null;

    /// <param name="turn">Released when the memory is given back.</param>
    public void BecomeLarge(SemaphoreSlim turn) => _turn = turn;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        buffer.Dispose();
        _turn?.Release();
    }
}
