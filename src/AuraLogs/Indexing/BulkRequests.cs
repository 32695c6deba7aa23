namespace AuraLogs.Indexing;

/// <summary>
/// The requests' memory: hands out empty requests of the usual size, takes back all, and keeps the account of what they take.
/// </summary>
internal sealed class BulkRequests(IndexingOptions options)
{
    /// <summary>Room behind a full request, so that the last event, which turns out not to fit, seldom makes it grow.</summary>
    private const int Slack = 64 << 10;

    private readonly Lock _lock = new();
    private readonly Stack<BulkRequest> _idle = [];
    private readonly MemoryBudget _budget = new(options.MaxInFlightBytes);

    private int UsualBytes => options.MaxRequestBytes + Slack;

    public long UsedBytes => _budget.Used;

    /// <summary>Waits until memory for a request of the usual size is free.</summary>
    public async Task<BulkRequest> RentAsync(CancellationToken cancellationToken)
    {
        await _budget.TakeAsync(UsualBytes, cancellationToken);
        BulkRequest? request;
        lock (_lock)
            _idle.TryPop(out request);
        return request ?? new BulkRequest(UsualBytes);
    }

    /// <summary>Counts what the request has grown beyond the usual size since it was handed out.</summary>
    public void Grown(BulkRequest request) => Grown(request, UsualBytes);

    /// <summary>Counts what the request has grown beyond what was counted before.</summary>
    public void Grown(BulkRequest request, int counted) => _budget.Add(request.Body.Capacity - counted);

    /// <summary>Counts a request that was made otherwise.</summary>
    public void Add(BulkRequest request) => _budget.Add(request.Body.Capacity);

    /// <summary>Takes back a request that is counted.</summary>
    public void Return(BulkRequest request)
    {
        var bytes = request.Body.Capacity;
        if (bytes == UsualBytes)
        {
            request.Clear();
            lock (_lock)
                _idle.Push(request);
        }

        _budget.Release(bytes);
    }
}
