using System.Buffers;
using System.Net.Sockets;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Queue;

namespace AuraLogs.Forward;

/// <summary>
/// One sender. It is read, decoded and stored without waiting for commits; another loop writes the acknowledgements, in order, as soon
/// as a commit covers their chunks, all that one commit covers in one send.
/// </summary>
internal sealed class ForwardConnection(
    Socket socket, Client client, LogQueue queue, ForwardLimits limits, ForwardMetrics metrics, TimeProvider time, ILogger logger)
    : IDisposable
{
    private const int SendBufferBytes = 16 << 10;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly CancellationTokenSource _abort = new();
    private readonly FrameBuffer _buffer = new();
    private readonly ForwardDecoder _decoder = new(limits);
    private readonly MessageStore _store = new(queue, limits);
    private readonly PendingAcks _acks = new();
    private readonly AsyncSignal _ackAdded = new();
    private readonly AsyncSignal _ackTaken = new();
    private volatile bool _receiveEnded;
    private long _offset;
    private long _receivedAt;
    private bool _warnedOfSignal;

    /// <summary>Runs the connection to its end, whatever the end; never throws for what the client or the disk does.</summary>
    public async Task RunAsync()
    {
        var sending = SendAcksAsync();
        try
        {
            await ReceiveAsync();
        }
        catch (ForwardRefusedException refused)
        {
            metrics.Refused(refused.Reason);
            logger.Refused(client.Address, refused.Reason.Name(), _offset + refused.Offset);
        }
        catch (Exception e) when (IsEnd(e))
        {
            await _abort.CancelAsync();
        }
        finally
        {
            _buffer.Dispose();
            _receiveEnded = true;
            _ackAdded.Set();
        }

        await sending;
    }

    /// <summary>
    /// Lets the connection end in order: nothing more is received than what has arrived, what is complete is stored and acknowledged.
    /// </summary>
    public void Stop()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Ends the connection at once.</summary>
    public void Abort() => _abort.Cancel();

    public void Dispose()
    {
        _stream.Dispose();
        _abort.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var aborted = _abort.Token;
        while (true)
        {
            // 1. While nothing is under way, wait without holding memory.
            if (_buffer.IsEmpty)
            {
                _buffer.Release();
#pragma warning disable CA2022 // There is nothing to read: it waits until there is.
                await _stream.ReadAsync(Memory<byte>.Empty, aborted);
#pragma warning restore CA2022
            }

            // 2. Let TCP slow the sender down while the queue is full or the acknowledgements aren't read.
            await queue.WaitForRoomAsync(aborted);
            while (_acks.IsFull && !aborted.IsCancellationRequested)
                await _ackTaken.WaitAsync();

            // 3. Receive.
            int received = await _stream.ReadAsync(_buffer.GetRoom(), aborted);
            if (received == 0)
                break;
            _buffer.Fill(received);
            _receivedAt = time.GetTimestamp();
            metrics.Received(received);

            // 4. Store what is complete.
            await TakeMessagesAsync(received, aborted);
        }

        if (!_buffer.IsEmpty)
            throw new ForwardRefusedException(Refusal.CutOff, _buffer.Unread.Length);
    }

    private async ValueTask TakeMessagesAsync(int received, CancellationToken cancellationToken)
    {
        var mode = ForwardMode.Message;
        long frames = 0;
        long events = 0;
        long allEvents = 0;
        try
        {
            while (!_buffer.IsEmpty)
            {
                switch (_decoder.Decode(_buffer.Unread.Span))
                {
                    case DecodeStatus.NeedMore:
                        return;
                    case DecodeStatus.Refused:
                        throw new ForwardRefusedException(_decoder.Refusal, _decoder.Position);
                    case DecodeStatus.Message:
                        if (_decoder.Message.Mode != mode && frames > 0)
                        {
                            metrics.Taken(mode, frames, events);
                            frames = events = 0;
                        }

                        mode = _decoder.Message.Mode;
                        int taken = await TakeMessageAsync(_buffer.Unread, cancellationToken);
                        frames++;
                        events += taken;
                        allEvents += taken;
                        break;
                }

                int length = _decoder.Message.Length;
                _buffer.Consume(length);
                _offset += length;
                _decoder.Begin();
            }
        }
        finally
        {
            client.Count(received, allEvents);
            if (frames > 0)
                metrics.Taken(mode, frames, events);
        }
    }

    private async ValueTask<int> TakeMessageAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        int events = 0;
        int signal = _decoder.Message.Signal;
        if (signal == Signals.Logs)
            events = await _store.StoreAsync(_decoder, bytes, cancellationToken);
        else
            PassOver(signal);

        if (!_decoder.Message.ChunkId.IsEmpty)
        {
            var chunkId = _decoder.Message.ChunkId;
            _acks.Add(_store.LastAddress, _receivedAt, bytes.Span.Slice(chunkId.Start, chunkId.Length));
            _ackAdded.Set();
        }

        return events;
    }

    private void PassOver(int signal)
    {
        metrics.OtherSignal(signal);
        if (_warnedOfSignal)
            return;
        _warnedOfSignal = true;
        logger.OtherSignal(client.Address, Signals.Name(signal));
    }

    private async Task SendAcksAsync()
    {
        try
        {
            while (true)
            {
                if (_acks.TryPeek(out long address))
                {
                    await queue.WaitForCommitAsync(address, _abort.Token);
                    await SendCoveredAcksAsync();
                }
                else if (_receiveEnded)
                {
                    return;
                }
                else
                {
                    await _ackAdded.WaitAsync();
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            if (e is QueueFailedException)
                logger.NotStored(client.Address);
            await _abort.CancelAsync();
            _ackTaken.Set();
        }
    }

    private async ValueTask SendCoveredAcksAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SendBufferBytes);
        try
        {
            var (bytes, count, firstReceivedAt) = _acks.Take(queue.CommittedAddress, buffer);
            _ackTaken.Set();
            await _stream.WriteAsync(buffer.AsMemory(0, bytes), _abort.Token);
            metrics.Acknowledged(count, time.GetElapsedTime(firstReceivedAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The ends that a connection can have besides a refusal: the client is gone, we are stopping, the disk failed.</summary>
    private static bool IsEnd(Exception e) => e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
