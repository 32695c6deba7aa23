namespace AuraLogs.Indexing;

/// <summary>The bytes that request bodies take in memory, within a limit. One caller at a time waits for more.</summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _used;

    public long Used
    {
        get
        {
            lock (_lock)
                return _used;
        }
    }

    /// <summary>Waits until so many bytes are free, and takes them. When nothing else is taken, anything fits.</summary>
    public async Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task released;
            lock (_lock)
            {
                if (_used == 0 || _used + bytes <= limit)
                {
                    _used += bytes;
                    return;
                }

                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                released = _waiting.Task;
            }

            await released.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes bytes that are in use already, limit or not.</summary>
    public void Add(long bytes)
    {
        lock (_lock)
            _used += bytes;
    }

    public void Release(long bytes)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _used -= bytes;
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }
}
