using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AuraLogs.Forward.Sockets;
using AuraLogs.Queue;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Forward.Acknowledging;

/// <summary>
/// Writes the acknowledgements of a connection, in the order of its chunks: only what a commit covers, as soon as one does, and all that it covers in
/// one send. It learns from the kernel which of them have arrived, and when the connection ends it leaves the chunks of the others in
/// <see cref="UnacknowledgedChunks"/>. The connection adds, one loop sends, and the sweep looks.
/// </summary>
internal sealed class AckSender : IDisposable
{
    private const int SendBufferBytes = 16 << 10;

    /// <summary>After how many acknowledgements written the kernel is asked how many have arrived; the sweep asks each second.</summary>
    private const int WrittenToAskAt = 1024;

    /// <summary>How long the end of a connection waits to learn whether the last acknowledgements have arrived.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstGoodbyeWait = TimeSpan.FromMilliseconds(2);

    private readonly Socket _socket;
    private readonly CountedStream _counted;
    private readonly LogQueue _queue;
    private readonly ForwardMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _sendTicks;
    private readonly PendingAcks _pending;
    private readonly Func<long, bool> _isOnDisk;
    private readonly Wakeup _added = new();
    private readonly Wakeup _taken = new();
    private readonly Deadline _sendEnd = new();
    private volatile bool _isComplete;

    /// <param name="socket">The connection's.</param>
    /// <param name="counted">Counts what is written to it.</param>
    /// <param name="queue">Says what is committed, and keeps what was not acknowledged.</param>
    /// <param name="memory">Counts what all connections' take.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sendTicks">How long one send may take, in the clock's ticks.</param>
    public AckSender(Socket socket, CountedStream counted, LogQueue queue, AckMemory memory, ForwardMetrics metrics, TimeProvider time, long sendTicks)
    {
        (_socket, _counted, _queue, _metrics, _time, _sendTicks) = (socket, counted, queue, metrics, time, sendTicks);
        _pending = new PendingAcks(memory);
        _isOnDisk = IsOnDisk;
    }

    /// <summary>Whether so many wait that nothing more should be read.</summary>
    public bool IsFull => _pending.IsFull;

    /// <summary>Whether none waits to be written.</summary>
    public bool IsEmpty => _pending.IsEmpty;

    /// <summary>Whether the sender has not taken the last ones in time.</summary>
    /// <param name="now">A timestamp.</param>
    public bool IsOverdue(long now) => _sendEnd.IsPast(now);

    /// <param name="chunk">The chunk; its address is what a commit has to reach.</param>
    /// <param name="receivedAt">When its last byte had been received, as a timestamp.</param>
    /// <param name="chunkId">As it was sent.</param>
    /// <param name="mayRepeat">Whether another chunk may have the same name (<see cref="NewEntry.ChunkIdMayRepeat"/>).</param>
    public void Add(StoredChunk chunk, long receivedAt, ReadOnlySpan<byte> chunkId, bool mayRepeat)
    {
        _pending.Add(chunk, receivedAt, chunkId, mayRepeat);
        _added.Set();
    }

    /// <summary>Waits until <see cref="IsFull"/> may have changed, or <see cref="WakeReceiver"/>. One caller at a time.</summary>
    public ValueTask WaitForChangeAsync() => _taken.WaitAsync();

    /// <summary>Lets who waits for a change look again.</summary>
    public void WakeReceiver() => _taken.Set();

    /// <summary>
    /// Nothing is added any more: the sender has ended the connection, or we. Chunks whose acknowledgements have not arrived will be sent again.
    /// </summary>
    public void Complete()
    {
        NoteTaken();
        _pending.RememberIn(_queue.Unacknowledged);
        _isComplete = true;
        _added.Set();
    }

    /// <summary>Whether <see cref="Complete"/> was called.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Sends what is added until <see cref="Complete"/>.</summary>
    /// <param name="stream">The connection's, encrypted where it is.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="QueueFailedException">The disk failed, and a chunk may be lost: it is not acknowledged, nor is anything after it.</exception>
    /// <exception cref="IOException">The connection has ended.</exception>
    public async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_pending.TryPeek(out long address))
            {
                await _queue.WaitForCommitAsync(address, cancellationToken);
                await SendCoveredAsync(stream, cancellationToken);
            }
            else if (_isComplete)
            {
                return;
            }
            else
            {
                await _added.WaitAsync();
            }
        }
    }

    /// <summary>Asks the kernel which have arrived; where it can't tell, those that were written have.</summary>
    public void NoteTaken()
    {
        if (_pending.WrittenCount > 0)
            _pending.Taken(TcpState.Of(_socket)?.TakenBytes ?? long.MaxValue);
    }

    /// <summary>Waits a moment until those that were written last have arrived, or can't any more.</summary>
    public async Task LearnWhatArrivesAsync(CancellationToken cancellationToken)
    {
        // The network's time, not the clock's.
        var wait = FirstGoodbyeWait;
        NoteTaken();
        while (_pending.WrittenCount > 0 && wait < LongestGoodbye && TcpState.Of(_socket) is { IsOver: false } && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(wait, CancellationToken.None);
            wait *= 2;
            NoteTaken();
        }

        if (TcpState.Of(_socket) is not { IsOpen: false })
            _pending.ForgetUncertain();
    }

    public void Dispose() => _pending.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendCoveredAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SendBufferBytes);
        try
        {
            var (bytes, count, firstReceivedAt) = _pending.Take(_isOnDisk, buffer);
            _taken.Set();
            _sendEnd.Set(_time.GetTimestamp() + _sendTicks);
            await stream.WriteAsync(buffer.AsMemory(0, bytes), cancellationToken);
            _sendEnd.Clear();
            _pending.Written(count, _counted.Written);
            if (_pending.WrittenCount >= WrittenToAskAt)
                NoteTaken();
            _metrics.Acknowledged(count, _time.GetElapsedTime(firstReceivedAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// An address below the committed one may also have been lost, when the disk failed and the queue went on behind it; waiting
    /// tells, and does not wait here.
    /// </summary>
    private bool IsOnDisk(long address) =>
        address <= _queue.CommittedAddress && IsDone(_queue.WaitForCommitAsync(address, CancellationToken.None));

    private static bool IsDone(ValueTask task) => task.IsCompletedSuccessfully;
}
