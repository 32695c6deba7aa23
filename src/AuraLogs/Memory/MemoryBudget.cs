namespace AuraLogs.Memory;

/// <summary>
/// A part of a <see cref="BufferPool"/> for one use. Who wants more than is left waits, first come first served, and never gets an exception
/// for it. When nothing is taken, anything fits, so that a single large one can't wait for ever.
/// <para>
/// Who holds something of a budget may wait for the disk, the network, or a budget further down the way of the data, never for one further up;
/// who holds and wants more of the same one needs somebody to end the wait (see <c>ForwardConnections.Sweep</c>).
/// </para>
/// </summary>
internal sealed class MemoryBudget
{
    private static readonly TimeSpan SystemRetry = TimeSpan.FromMilliseconds(100);

    private readonly BufferPool _pool;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _used;

    internal MemoryBudget(BufferPool pool, string name, long limit) => (_pool, Name, Limit) = (pool, name, limit);

    /// <summary>As metrics call it.</summary>
    public string Name { get; }

    /// <summary>In bytes.</summary>
    public long Limit { get; }

    public long Used
    {
        get
        {
            lock (_lock)
                return _used;
        }
    }

    /// <summary>The bytes that are waited for; 0 when nobody waits.</summary>
    public long Wanted
    {
        get
        {
            lock (_lock)
                return _waiters.Sum(waiter => waiter.Bytes);
        }
    }

    /// <summary>Whether somebody waits.</summary>
    public bool IsShort
    {
        get
        {
            lock (_lock)
                return _waiters.Count > 0;
        }
    }

    /// <summary>A buffer of at least so many bytes; null when that would mean to wait.</summary>
    /// <param name="bytes">The least length.</param>
    /// <param name="beside">Memory that its owner has a library take beside it, in bytes, to be counted as long as the buffer.</param>
    public PooledBuffer? TryRent(int bytes, int beside = 0)
    {
        int size = SizeClass.RoundUp(bytes);
        return TryTake(size + (long)beside) ? TryMap(size, beside) : null;
    }

    /// <summary>A buffer of at least so many bytes, when there is room for it.</summary>
    /// <inheritdoc cref="TryRent"/>
    public async ValueTask<PooledBuffer> RentAsync(int bytes, int beside, CancellationToken cancellationToken)
    {
        int size = SizeClass.RoundUp(bytes);
        while (true)
        {
            await TakeAsync(size + (long)beside, cancellationToken);
            if (TryMap(size, beside) is { } buffer)
                return buffer;
            await Task.Delay(SystemRetry, cancellationToken);
        }
    }

    /// <inheritdoc cref="RentAsync(int, int, CancellationToken)"/>
    public ValueTask<PooledBuffer> RentAsync(int bytes, CancellationToken cancellationToken) => RentAsync(bytes, 0, cancellationToken);

    /// <summary>A buffer of at least so many bytes, room or not: for what is bounded otherwise, and has to be done before others can go on.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no memory.</exception>
    public PooledBuffer Rent(int bytes)
    {
        int size = SizeClass.RoundUp(bytes);
        Take(size);
        return TryMap(size, 0) ?? throw NoMemory(size);
    }

    /// <summary>Makes a buffer larger, with what is in it. False when that would mean to wait.</summary>
    public bool TryGrow(PooledBuffer buffer, int bytes)
    {
        int more = SizeClass.RoundUp(bytes) - buffer.Length;
        return more <= 0 || (TryTake(more) && TryRemap(buffer, more));
    }

    /// <summary>Makes a buffer larger, with what is in it, when there is room for it.</summary>
    public async ValueTask GrowAsync(PooledBuffer buffer, int bytes, CancellationToken cancellationToken)
    {
        int more = SizeClass.RoundUp(bytes) - buffer.Length;
        while (more > 0)
        {
            await TakeAsync(more, cancellationToken);
            if (TryRemap(buffer, more))
                return;
            await Task.Delay(SystemRetry, cancellationToken);
        }
    }

    /// <summary>Makes a buffer larger, with what is in it, room or not; see <see cref="Rent"/>.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no memory.</exception>
    public void Grow(PooledBuffer buffer, int bytes)
    {
        int more = SizeClass.RoundUp(bytes) - buffer.Length;
        if (more <= 0)
            return;
        Take(more);
        if (!TryRemap(buffer, more))
            throw NoMemory(more);
    }

    private ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(bytes);
            waiter.Node = _waiters.AddLast(waiter);
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Ends the counting of so many bytes, and lets those go on who waited for them.</summary>
    internal void Release(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            Grant();
        }
    }

    private bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || !Fits(bytes))
                return false;
            _used += bytes;
            return true;
        }
    }

    private void Take(long bytes)
    {
        lock (_lock)
            _used += bytes;
    }

    private PooledBuffer? TryMap(int size, int beside)
    {
        var buffer = _pool.TryTake(size)?.CountFor(this, beside);
        if (buffer is null)
            Release(size + (long)beside);
        return buffer;
    }

    private bool TryRemap(PooledBuffer buffer, int more)
    {
        if (_pool.TryGrow(buffer, buffer.Length + more))
            return true;
        Release(more);
        return false;
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (budget, cancelled) = ((MemoryBudget, Waiter))state!;
                budget.Cancel(cancelled, token);
            },
            (this, waiter));
        await waiter.Granted.Task;
    }

    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Node is null)
                return; // Granted before; who waited gets it, and gives it back.
            Remove(waiter);
            waiter.Granted.SetCanceled(cancellationToken);
            Grant();
        }
    }

    private void Grant()
    {
        while (_waiters.First?.Value is { } first && Fits(first.Bytes))
        {
            _used += first.Bytes;
            Remove(first);
            first.Granted.SetResult();
        }
    }

    private void Remove(Waiter waiter)
    {
        _waiters.Remove(waiter.Node!);
        waiter.Node = null;
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= Limit;

    private static InsufficientMemoryException NoMemory(int bytes) => new($"The system has no {bytes} bytes of memory.");

    private sealed class Waiter(long bytes)
    {
        public long Bytes => bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
