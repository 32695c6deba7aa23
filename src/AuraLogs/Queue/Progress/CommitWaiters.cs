using System.Threading.Tasks.Sources;

namespace AuraLogs.Queue.Progress;

/// <summary>Those who wait for a commit. A waiter is used again, so that waiting allocates nothing.</summary>
internal sealed class CommitWaiters
{
    private const int MaxPooled = 1024;

    /// <summary>Nobody asks after so many failures for what was lost in the first: who waited then was told then.</summary>
    private const int MaxLostRanges = 1024;

    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiting = [];
    private readonly Stack<Waiter> _pool = [];
    private readonly List<LostRange> _lost = [];
    private long _committed;

    public CommitWaiters(long committed) => _committed = committed;

    public long Committed => Volatile.Read(ref _committed);

    /// <exception cref="QueueFailedException">The address was lost, now or before.</exception>
    public ValueTask WaitAsync(long address, CancellationToken cancellationToken)
    {
        Waiter waiter;
        short token;
        lock (_lock)
        {
            if (FindLost(address) is { } range)
                return ValueTask.FromException(new QueueFailedException(range.Reason.Message, range.Reason));
            if (address <= _committed)
                return ValueTask.CompletedTask;
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled(cancellationToken);
            if (!_pool.TryPop(out waiter!))
                waiter = new Waiter(this);
            waiter.Address = address;
            token = waiter.Token;
            _waiting.Add(waiter);
        }

        waiter.CancelWith(cancellationToken);
        return new ValueTask(waiter, token);
    }

    /// <summary>Whether the address was lost: waiting for it would throw.</summary>
    public bool IsLost(long address)
    {
        lock (_lock)
            return FindLost(address) is not null;
    }

    /// <summary>Everything up to the address is on disk.</summary>
    public void Complete(long committed)
    {
        lock (_lock)
        {
            Volatile.Write(ref _committed, committed);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Address <= committed)
                    Take(i).Succeed();
            }
        }
    }

    /// <summary>Everything appended beyond the committed address, up to <paramref name="until"/>, will never be on disk.</summary>
    public void Fail(long until, Exception reason)
    {
        lock (_lock)
        {
            if (_lost.Count == MaxLostRanges)
                _lost.RemoveAt(0);
            _lost.Add(new LostRange(_committed, until, reason));
            for (var i = _waiting.Count - 1; i >= 0; i--)
                Take(i).Fail(new QueueFailedException(reason.Message, reason));
        }
    }

    private LostRange? FindLost(long address)
    {
        foreach (var range in _lost)
        {
            if (address > range.From && address <= range.To)
                return range;
        }

        return null;
    }

    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var index = _waiting.IndexOf(waiter);
            if (index >= 0)
                Take(index).Fail(new OperationCanceledException(cancellationToken));
        }
    }

    private Waiter Take(int index)
    {
        var waiter = _waiting[index];
        _waiting[index] = _waiting[^1];
        _waiting.RemoveAt(_waiting.Count - 1);
        return waiter;
    }

    private void Return(Waiter waiter)
    {
        lock (_lock)
        {
            if (_pool.Count < MaxPooled)
                _pool.Push(waiter);
        }
    }

    private readonly record struct LostRange(long From, long To, Exception Reason);

    private sealed class Waiter(CommitWaiters owner) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _registration;

        public long Address { get; set; }

        public short Token => _core.Version;

        public void CancelWith(CancellationToken cancellationToken)
        {
            if (cancellationToken.CanBeCanceled)
                _registration = cancellationToken.UnsafeRegister(
                    static (state, token) => ((Waiter)state!).Cancel(token), this);
        }

        public void Succeed() => _core.SetResult(true);

        public void Fail(Exception exception) => _core.SetException(exception);

        public void GetResult(short token)
        {
            // Disposing waits for a running callback, which finds this waiter gone from the list.
            _registration.Dispose();
            _registration = default;
            try
            {
                _core.GetResult(token);
            }
            finally
            {
                _core.Reset();
                owner.Return(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Cancel(CancellationToken cancellationToken) => owner.Cancel(this, cancellationToken);
    }
}
