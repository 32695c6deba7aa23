namespace AuraLogs.Indexing.Sending;

/// <summary>
/// How many requests are in flight at once: one more for each round of requests that went well while all places were taken, half as
/// many when the cluster is overloaded, a tenth less when answers take much longer than they used to. Requests that were
/// already under way at the last decrease don't count for the next: they tell of the same moment.
/// </summary>
internal sealed class ConcurrencyLimit(int most, TimeProvider time)
{
    private const double Start = 2;
    private const double Memory = 0.1;
    private const double MuchSlower = 3;

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<Place>> _waiting = [];
    private double _limit = Math.Min(Start, most);
    private double _usualSeconds;
    private int _taken;
    private long _decreasedAt = long.MinValue;

    /// <summary>How many places there are at this moment.</summary>
    public int Current
    {
        get
        {
            lock (_lock)
                return (int)_limit;
        }
    }

    /// <summary>How many places are taken.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>Waits for a place; who waits longest is next.</summary>
    public Task<Place> TakeAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && _taken < (int)_limit)
                return Task.FromResult(Occupy());
            var waiter = new TaskCompletionSource<Place>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter);
            return cancellationToken.CanBeCanceled ? WaitAsync(waiter, cancellationToken) : waiter.Task;
        }
    }

    /// <summary>Gives the place back after an answer that went well.</summary>
    /// <param name="place">The place.</param>
    /// <param name="bytes">The size of the request: the time of small and large ones is compared by the byte.</param>
    public void WentWell(Place place, int bytes)
    {
        // What a request costs beside its bytes is taken as the cost of so many more bytes.
        const double Overhead = 256 << 10;
        lock (_lock)
        {
            var seconds = time.GetElapsedTime(place.TakenAt).TotalSeconds / (bytes + Overhead);
            if (_usualSeconds > 0 && seconds > MuchSlower * _usualSeconds)
                Decrease(place, 0.9);
            else if (_taken >= (int)_limit)
                _limit = Math.Min(most, _limit + (1 / _limit));
            _usualSeconds = _usualSeconds == 0 ? seconds : _usualSeconds + (Memory * (seconds - _usualSeconds));
            Leave();
        }
    }

    /// <summary>Gives the place back after the cluster said that it was too much, or said nothing.</summary>
    public void Overloaded(Place place)
    {
        lock (_lock)
        {
            Decrease(place, 0.5);
            Leave();
        }
    }

    /// <summary>Gives the place back after something that says nothing about the load.</summary>
    public void Leave(Place place)
    {
        _ = place;
        lock (_lock)
            Leave();
    }

    private static async Task<Place> WaitAsync(TaskCompletionSource<Place> waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        return await waiter.Task;
    }

    private void Decrease(Place place, double factor)
    {
        if (place.TakenAt <= _decreasedAt)
            return;
        _limit = Math.Max(1, _limit * factor);
        _decreasedAt = time.GetTimestamp();
    }

    private void Leave()
    {
        _taken--;
        while (_taken < (int)_limit && _waiting.TryDequeue(out var next))
        {
            var place = Occupy();
            if (!next.TrySetResult(place))
                _taken--;
        }
    }

    private Place Occupy()
    {
        _taken++;
        return new Place(time.GetTimestamp());
    }

    /// <summary>The right to send one request.</summary>
    /// <param name="TakenAt">When it was taken, as a timestamp of the time provider.</param>
    public readonly record struct Place(long TakenAt);
}
