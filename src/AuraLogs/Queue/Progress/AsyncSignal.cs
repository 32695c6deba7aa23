namespace AuraLogs.Queue.Progress;

/// <summary>
/// Wakes everyone who waits for something to change. Take <see cref="Next"/> first, then look, then wait, and no change is missed.
/// </summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes with the next <see cref="Set"/>.</summary>
    public Task Next
    {
        get
        {
            if (Volatile.Read(ref _next) is { } next)
                return next.Task;
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, created, null) ?? created).Task;
        }
    }

    public void Set() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
