using System.Buffers;
using AuraLogs.Memory;

namespace AuraLogs.Indexing.Sending;

/// <summary>
/// Hands requests out and takes them back. Their bodies are memory of the budget for sending: a new request waits for it, and what comes of a request
/// that is there already (a part that is sent again, dead letters, a document larger than a request) does not, because the others go on only
/// when it does.
/// </summary>
internal sealed class BulkRequests(IndexingOptions options, MemoryBudgets memory)
{
    /// <summary>Room behind a full request, so that the last event, which turns out not to fit, seldom makes it grow.</summary>
    private const int Slack = 64 << 10;

    private const int FirstLettersBytes = 4 << 10;

    /// <summary>Requests without memory that are kept; what they remember of their items is some 100 KB each at most.</summary>
    private const int MostIdle = 16;

    private readonly Lock _lock = new();
    private readonly Stack<BulkRequest> _idle = [];
    private readonly MemoryBudget _memory = memory.Sending;

    public long UsedBytes => _memory.Used;

    /// <summary>An empty request, when there is memory for one of the usual size.</summary>
    public async ValueTask<BulkRequest> RentAsync(CancellationToken cancellationToken) =>
        Begin(await _memory.RentAsync(options.MaxRequestBytes + Slack, cancellationToken), holdsDeadLetters: false);

    /// <summary>An empty request for dead letters.</summary>
    /// <param name="bytes">What they are going to take, as far as that is known.</param>
    public BulkRequest RentForDeadLetters(int bytes = FirstLettersBytes) => Begin(_memory.Rent(bytes), holdsDeadLetters: true);

    /// <summary>An empty request for what comes of the items of one that is there.</summary>
    public BulkRequest RentForPart(int bytes) => Begin(_memory.Rent(bytes), holdsDeadLetters: false);

    /// <summary>A request with copies of the items from <paramref name="first"/> to before <paramref name="end"/> that <paramref name="isWanted"/>.</summary>
    public BulkRequest Copy(BulkRequest request, int first, int end, Func<int, bool> isWanted)
    {
        var bytes = 0;
        for (var i = first; i < end; i++)
            bytes += isWanted(i) ? request.Item(i).Length : 0;
        var copy = Begin(_memory.Rent(bytes), request.HoldsDeadLetters);
        for (var i = first; i < end; i++)
        {
            if (isWanted(i))
                copy.Append(request, i);
        }

        return copy;
    }

    /// <summary>Takes a request back, and its memory.</summary>
    public void Return(BulkRequest request)
    {
        request.End();
        lock (_lock)
        {
            if (_idle.Count < MostIdle)
                _idle.Push(request);
        }
    }

    private BulkRequest Begin(PooledBuffer body, bool holdsDeadLetters)
    {
        BulkRequest? request;
        lock (_lock)
            _idle.TryPop(out request);
        request ??= new BulkRequest(Grow);
        request.Begin(body, holdsDeadLetters);
        return request;
    }

    private PooledBuffer Grow(IMemoryOwner<byte> body, int used, int bytes)
    {
        var buffer = (PooledBuffer)body;
        _memory.Grow(buffer, Math.Max(bytes, buffer.Length + (buffer.Length / 2)));
        return buffer;
    }
}
