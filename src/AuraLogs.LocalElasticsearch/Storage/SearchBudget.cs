using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// What one search may take: time, counted from its start, and memory, counted as it is asked for and given back with the answer. It
/// also ends when the client has gone.
/// </summary>
internal sealed class SearchBudget : IDisposable
{
    private readonly RequestMemory _all;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _memory;
    private readonly CancellationToken _cancel;
    private readonly long _start;
    private long _taken;

    /// <param name="all">What all searches take together; one gets at most half of it.</param>
    /// <param name="memory">The most that this one takes, in bytes.</param>
    /// <param name="timeout">How long it may run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">The client has gone.</param>
    public SearchBudget(RequestMemory all, long memory, TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        (_all, _memory, _timeout, _time, _cancel) = (all, memory, timeout, time, cancel);
        _start = time.GetTimestamp();
    }

    /// <summary>To be called wherever a search could go on for long.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    /// <exception cref="ElasticsearchException">The time is over.</exception>
    public void Check()
    {
        _cancel.ThrowIfCancellationRequested();
        if (_time.GetElapsedTime(_start) > _timeout)
        {
            throw new ElasticsearchException(
                400, "task_cancelled_exception", $"the search took longer than [{_timeout.TotalSeconds:0.###}s] and was cancelled");
        }
    }

    /// <exception cref="ElasticsearchException">429: it is more than this search, or all of them, may have.</exception>
    public void Take(long bytes)
    {
        if (_taken + bytes > _memory)
        {
            throw new ElasticsearchException(
                429, "circuit_breaking_exception",
                $"[request] Data too large, would be [{_taken + bytes}b], which is larger than the limit of [{_memory}b] of one search");
        }

        _all.Take(bytes);
        _taken += bytes;
    }

    public void Dispose()
    {
        _all.GiveBack(_taken);
        _taken = 0;
    }
}
