namespace AuraLogs.Memory;

/// <summary>
/// Everything large that the process holds: frames that arrive, windows to unpack into, entries that are read back, request bodies,
/// answers. It is taken by way of a <see cref="MemoryBudget"/>, of which each use has its own, so that no use can take what another needs
/// to go on. The total counts what is rented and what is kept for the next; it stays within the limit because the budgets together do, and because
/// what is kept gives way to what is needed. What was not needed for a while goes back to the system.
/// </summary>
internal sealed class BufferPool : IDisposable
{
    /// <summary>What was kept for so long and not used is given back.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Stack<PooledBuffer>[] _idle = new Stack<PooledBuffer>[SizeClass.Count];
    private readonly int[] _leastIdle = new int[SizeClass.Count];
    private readonly List<MemoryBudget> _budgets = [];
    private readonly ITimer _trimmer;
    private long _total;
    private long _kept;

    /// <param name="limit">The most bytes that it takes, as long as its budgets together are no larger.</param>
    /// <param name="time">Tells when buffers have been idle.</param>
    public BufferPool(long limit, TimeProvider time)
    {
        Limit = limit;
        for (int i = 0; i < _idle.Length; i++)
            _idle[i] = new Stack<PooledBuffer>();
        _trimmer = time.CreateTimer(_ => Trim(), null, IdleTime, IdleTime);
    }

    public long Limit { get; }

    /// <summary>All bytes that it holds, rented or kept.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
                return _total;
        }
    }

    /// <summary>The bytes that nobody has rented.</summary>
    public long Kept
    {
        get
        {
            lock (_lock)
                return _kept;
        }
    }

    /// <summary>The budgets, in the order in which they were made.</summary>
    public IReadOnlyList<MemoryBudget> Budgets => _budgets;

    /// <summary>Sets a part of the limit aside for one use. Only while the process is put together.</summary>
    public MemoryBudget NewBudget(string name, long limit)
    {
        var budget = new MemoryBudget(this, name, limit);
        _budgets.Add(budget);
        return budget;
    }

    /// <summary>Gives back what was not needed since the last call.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            for (int i = 0; i < _idle.Length; i++)
            {
                for (int unused = _leastIdle[i]; unused > 0; unused--)
                    Drop(i);
                _leastIdle[i] = _idle[i].Count;
            }
        }
    }

    public void Dispose()
    {
        _trimmer.Dispose();
        lock (_lock)
            DropUntil(0);
    }

    /// <summary>A buffer of that size; null when the system has no memory.</summary>
    internal unsafe PooledBuffer? TryTake(int size)
    {
        lock (_lock)
        {
            int index = SizeClass.IndexOf(size);
            if (_idle[index].TryPop(out var buffer))
            {
                _kept -= size;
                _leastIdle[index] = Math.Min(_leastIdle[index], _idle[index].Count);
                return buffer;
            }

            DropUntil(Math.Max(0, Limit - size));
            byte* start = NativePages.TryMap(size);
            if (start is null && _kept > 0)
            {
                DropUntil(0);
                start = NativePages.TryMap(size);
            }

            if (start is null)
                return null;
            _total += size;
            return new PooledBuffer(this, start, size);
        }
    }

    /// <summary>Makes a rented buffer larger, with what is in it; false when the system has no memory.</summary>
    internal bool TryGrow(PooledBuffer buffer, int size)
    {
        lock (_lock)
        {
            int more = size - buffer.Length;
            DropUntil(Math.Max(0, Limit - more));
            if (!buffer.TryGrow(size))
            {
                DropUntil(0);
                if (!buffer.TryGrow(size))
                    return false;
            }

            _total += more;
            return true;
        }
    }

    internal void Return(PooledBuffer buffer)
    {
        lock (_lock)
        {
            _idle[SizeClass.IndexOf(buffer.Length)].Push(buffer);
            _kept += buffer.Length;
            DropUntil(Limit);
        }
    }

    /// <summary>Gives back kept buffers, the largest first, until no more than so much is held in total.</summary>
    private void DropUntil(long total)
    {
        for (int i = _idle.Length - 1; i >= 0 && _total > total && _kept > 0; i--)
        {
            while (_total > total && _idle[i].Count > 0)
                Drop(i);
            _leastIdle[i] = Math.Min(_leastIdle[i], _idle[i].Count);
        }
    }

    private void Drop(int index)
    {
        var buffer = _idle[index].Pop();
        _kept -= buffer.Length;
        _total -= buffer.Length;
        buffer.Unmap();
    }
}
