using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using AuraLogs.Forward.Acknowledging;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Salvage;
using AuraLogs.Forward.Security;
using AuraLogs.Forward.Storing;
using AuraLogs.Forward.Tls;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Forward.Listening;

/// <summary>
/// One sender. It is read, decoded and stored without waiting for commits; another loop writes the acknowledgements, in order, as soon
/// as a commit covers their chunks, all that one commit covers in one send.
/// </summary>
internal sealed class ForwardConnection : IDisposable
{
    private const int SendBufferBytes = 16 << 10;
    private const int MaxShownTagBytes = 200;

    /// <summary>A sender that connects has something to send, unless it waits for a handshake.</summary>
    private static readonly TimeSpan SilentTime = TimeSpan.FromSeconds(30);

    /// <summary>After how many acknowledgements written the kernel is asked how many have arrived; the sweep asks each second.</summary>
    private const int WrittenToAskAt = 1024;

    /// <summary>How long the end of a connection waits to learn whether the last acknowledgements have arrived.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstGoodbyeWait = TimeSpan.FromMilliseconds(2);

    private readonly Socket _socket;
    private readonly Client _client;
    private readonly string _host;
    private readonly long _openedAt;
    private readonly TlsAuthenticator? _tls;
    private readonly ForwardContext _context;
    private readonly TimeProvider _time;
    private readonly LogQueue _queue;
    private readonly CancellationTokenSource _abort = new();
    private readonly FrameBuffer _buffer;
    private readonly ForwardDecoder _decoder;
    private readonly MessageStore _store;
    private readonly PendingAcks _acks;
    private readonly Wakeup _ackAdded = new();
    private readonly Wakeup _ackTaken = new();
    private readonly Func<long, bool> _isOnDisk;
    private readonly Deadline _handshakeEnd = new();
    private readonly Deadline _idleEnd = new();
    private readonly Deadline _messageEnd = new();
    private readonly Deadline _sendEnd = new();
    private readonly CountedStream _counted;
    private Stream _stream;
    private volatile TaskCompletionSource? _stall;
    private volatile bool _senderIsGone;
    private volatile bool _waitsToAppend;
    private UInt128 _chunkKey;
    private volatile bool _receiveEnded;
    private volatile Refusal _expired;
    private long _offset;
    private long _receivedAt;
    private long _waitsSince;
    private long _idleSince;
    private long _messageStartedAt;
    private bool _warnedOfSignal;
    private bool _warnedOfSilence;

    public ForwardConnection(Socket socket, Client client, TlsAuthenticator? tls, ForwardContext context)
    {
        (_socket, _client, _tls, _context) = (socket, client, tls, context);
        (_time, _queue) = (context.Time, context.Queue);
        _host = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "unix socket";
        _openedAt = _time.GetTimestamp();
        _stream = _counted = new CountedStream(socket);
        _buffer = new FrameBuffer(context.Receiving, context.Limits.MaxMessageBytes);
        _decoder = new ForwardDecoder(context.Limits);
        _acks = new PendingAcks(context.Acks);
        _store = new MessageStore(context.Queue, context.Limits, context.Storing);
        _isOnDisk = IsOnDisk;
    }

    /// <summary>
    /// Since when a message under way waits for its sender or for more memory, as a timestamp; null if none does, or if it holds no
    /// memory that its end would give to others.
    /// </summary>
    public long? WaitsSince => _messageEnd.IsSet && _buffer.Capacity > 0 ? Volatile.Read(ref _waitsSince) : null;

    /// <summary>Since when it has been silent between messages, with nothing left to acknowledge, as a timestamp; null if it is not.</summary>
    public long? IdleSince => _idleEnd.IsSet && _acks.IsEmpty ? Volatile.Read(ref _idleSince) : null;

    /// <summary>The memory that it receives into, in bytes.</summary>
    public int HeldBytes => _buffer.Capacity;

    /// <summary>Runs the connection to its end, whatever the end; never throws for what the client or the disk does.</summary>
    public async Task RunAsync()
    {
        var sending = Task.CompletedTask;
        try
        {
            await OpenAsync();
            sending = SendAcksAsync();
            await ReceiveAsync();
        }
        catch (ForwardRefusedException refused)
        {
            await RefuseAsync(refused);
        }
        catch (OperationCanceledException)
        {
            if (_expired != Refusal.None)
                Refuse(_expired, _offset + _buffer.Unread.Length);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The client is gone, or has closed its side without a farewell; what it sent may still be acknowledged.
            // With TLS 1.3 this is where we hear that it does not accept our certificate.
            if (_tls is not null && _client.Bytes == 0 && TlsAuthenticator.ReasonOf(e) == Refusal.TlsCertificateRefused)
                Refuse(Refusal.TlsCertificateRefused, 0);
        }
        finally
        {
            _buffer.Dispose();
            NoteTaken();
            _acks.RememberIn(_queue.Unacknowledged);
            _receiveEnded = true;
            _ackAdded.Set();
        }

        await sending;
        await LearnWhatArrivesAsync();
    }

    /// <summary>
    /// Lets the connection end in order: nothing more is received than what has arrived, what is complete is stored and acknowledged.
    /// </summary>
    public void Stop()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Ends the connection at once.</summary>
    public void Abort()
    {
        try
        {
            _abort.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>
    /// Looks after the connection: ends it if one of its times is up, or if its sender has gone while it is not read; and learns which
    /// acknowledgements have arrived.
    /// </summary>
    /// <param name="now">A timestamp.</param>
    public void Sweep(long now)
    {
        EndIfOverdue(now);
        NoteTaken();
        if ((_stall is not null || _waitsToAppend) && TcpState.Of(_socket) is { IsOpen: false })
            LetGo();
    }

    private void EndIfOverdue(long now)
    {
        if (_handshakeEnd.IsPast(now))
            Expire(Refusal.HandshakeTimeout);
        else if (_messageEnd.IsPast(now))
            Expire(Refusal.MessageTimeout);
        else if (_sendEnd.IsPast(now))
            Expire(Refusal.SendTimeout);
        else if (_idleEnd.IsPast(now) && _acks.IsEmpty)
            Stop();
        else if (!_warnedOfSilence && _idleEnd.IsSet && _client.Bytes == 0 && _time.GetElapsedTime(_openedAt, now) > SilentTime)
            WarnOfSilence(now);
    }

    /// <summary>Ends the connection because of its message, and says why.</summary>
    public void Expire(Refusal reason)
    {
        _expired = reason;
        Abort();
    }

    public void Dispose()
    {
        _abort.Cancel();
        _stream.Dispose();
        _acks.Dispose();
        _abort.Dispose();
    }

    private void WarnOfSilence(long now)
    {
        _warnedOfSilence = true;
        if (_context.Security is null)
            _context.Log.Silent(_client.Address, _time.GetElapsedTime(_openedAt, now));
    }

    /// <summary>TLS, then the handshake, as far as they are asked for.</summary>
    private async Task OpenAsync()
    {
        _handshakeEnd.Set(_time.GetTimestamp() + _context.HandshakeTicks);
        if (_tls is not null)
            await OpenTlsAsync(_tls);
        if (_context.Security is { } security)
            await ShakeHandsAsync(new Handshake(security, (_socket.RemoteEndPoint as IPEndPoint)?.Address));
        _handshakeEnd.Clear();
    }

    private async Task OpenTlsAsync(TlsAuthenticator tls)
    {
        // Who connects and goes again without a word only looks whether we are there, as probes do.
        await WaitForDataAsync(_abort.Token);
        if (_socket.Available == 0)
            throw new EndOfStreamException();
        byte[] first = new byte[2];
        int peeked = await _socket.ReceiveAsync(first, SocketFlags.Peek, _abort.Token);
        if (peeked == first.Length && !ForeignProtocol.IsTls(first))
            throw new ForwardRefusedException(Refusal.TlsPlainText, 0);
        _stream = await tls.AuthenticateAsync(_stream, _abort.Token);
    }

    private async Task ShakeHandsAsync(Handshake handshake)
    {
        await _stream.WriteAsync(handshake.Hello(), _abort.Token);
        byte[] ping = new byte[Handshake.MaxPingBytes];
        var scanner = new MessagePackScanner(1, ping.Length);
        int position = 0;
        int filled = 0;
        while (true)
        {
            int read = await _stream.ReadAsync(ping.AsMemory(filled), _abort.Token);
            if (read == 0)
                throw new EndOfStreamException();
            filled += read;
            var status = scanner.Skip(ping.AsSpan(0, filled), ref position);
            if (status == ScanStatus.Done)
                break;
            if (status != ScanStatus.NeedMore || filled == ping.Length)
                throw new ForwardRefusedException(ForeignProtocol.Explain(ping.AsSpan(0, filled), Refusal.HandshakeMissing), position);
        }

        var verdict = handshake.Judge(ping.AsSpan(0, position));
        await _stream.WriteAsync(verdict.Pong, _abort.Token);
        if (!verdict.Accepted)
            throw new ForwardRefusedException(verdict.Refusal, 0);
        if (filled > position)
            throw new ForwardRefusedException(Refusal.NotAMessage, position);
        _offset = position;
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
                await WaitForDataAsync(aborted);
                _messageStartedAt = _time.GetTimestamp();
            }

            // 2. Let TCP slow the sender down while the queue is full or the acknowledgements aren't read.
            await WaitForOursAsync(aborted);

            // 3. Receive. From here on it is the sender who lets us wait, or the memory that others take.
            Volatile.Write(ref _waitsSince, _time.GetTimestamp());
            _messageEnd.Set(_messageStartedAt + _context.MessageTicks);
            var room = await _buffer.GetRoomAsync(aborted);
            int received = await _stream.ReadAsync(room, aborted);
            _messageEnd.Clear();
            if (received == 0)
                break;
            _buffer.Fill(received);
            _receivedAt = _time.GetTimestamp();
            _context.Metrics.Received(received);

            // 4. Store what is complete.
            if (await TakeMessagesAsync(received, aborted) > 0)
                _messageStartedAt = _receivedAt;
        }

        if (!_buffer.IsEmpty)
            throw new ForwardRefusedException(Refusal.CutOff, _buffer.Unread.Length);
    }

    /// <summary>Waits without memory until there is something to read, or the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        long now = _time.GetTimestamp();
        Volatile.Write(ref _idleSince, now);
        _idleEnd.Set(now + _context.IdleTicks);
#pragma warning disable CA2022 // A read of nothing ends when there is something.
        await _stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
#pragma warning restore CA2022
        _idleEnd.Clear();
    }

    /// <summary>Waits for what is not the sender's fault, which does not count as its time.</summary>
    private ValueTask WaitForOursAsync(CancellationToken cancellationToken)
    {
        var room = _queue.WaitForRoomAsync(cancellationToken);
        return room.IsCompletedSuccessfully && !_acks.IsFull ? ValueTask.CompletedTask : new ValueTask(WaitAsync());

        async Task WaitAsync()
        {
            long since = _time.GetTimestamp();
            var stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _stall = stall;
            _context.Metrics.Stalled(1);
            try
            {
                await await Task.WhenAny(room.AsTask(), stall.Task);
                while (_acks.IsFull && !_senderIsGone && !cancellationToken.IsCancellationRequested)
                    await _ackTaken.WaitAsync();
            }
            finally
            {
                _stall = null;
                _context.Metrics.Stalled(-1);
            }

            _messageStartedAt += _time.GetTimestamp() - since;
        }
    }

    /// <returns>How many messages were complete.</returns>
    private async ValueTask<int> TakeMessagesAsync(int received, CancellationToken cancellationToken)
    {
        var counts = new FrameCounts(_context.Metrics);
        int messages = 0;
        try
        {
            while (!_buffer.IsEmpty)
            {
                switch (_decoder.Decode(_buffer.Unread.Span))
                {
                    case DecodeStatus.NeedMore:
                        return messages;
                    case DecodeStatus.Refused:
                        throw new ForwardRefusedException(_decoder.Refusal, _decoder.Position);
                    case DecodeStatus.Message:
                        counts.Add(_decoder.Message.Mode, await TakeMessageAsync(_buffer.Unread, cancellationToken));
                        if (_store.TakeDamage() is { } damage)
                            Tell(damage);
                        break;
                }

                messages++;
                int length = _decoder.Message.Length;
                _buffer.Consume(length);
                _offset += length;
                _decoder.Begin();
                if (!_buffer.IsEmpty && _acks.IsFull)
                    await WaitForOursAsync(cancellationToken);
            }

            return messages;
        }
        finally
        {
            counts.Flush();
            _client.Count(received, counts.Events);
        }
    }

    /// <summary>Without a state machine while the queue has room, as it is called for each message.</summary>
    private ValueTask<int> TakeMessageAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        ref var message = ref _decoder.Message;
        if (!message.ChunkId.IsEmpty && IsDoneWith(message, bytes.Span))
            return new ValueTask<int>(0);
        int signal = message.Signal;
        var store = new ValueTask<int>(0);
        if (signal == Signals.Logs)
            store = _store.StoreAsync(_decoder, bytes, cancellationToken);
        else
            PassOver(signal);

        if (!store.IsCompletedSuccessfully)
            return WaitAsync(store, bytes);
        AddAck(bytes.Span);
        return store;
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> store, Memory<byte> bytes)
    {
        // A chunk of which a part is stored is stored whole.
        _waitsToAppend = !_decoder.Message.ChunkId.IsEmpty && _decoder.Parts.Length <= 1;
        int events = await store;
        _waitsToAppend = false;
        AddAck(bytes.Span);
        return events;
    }

    /// <summary>Whether the chunk is in the queue already, stored for a connection that ended before its acknowledgement arrived.</summary>
    /// <exception cref="EndOfStreamException">Its sender has gone, without having been acknowledged: it will be sent again.</exception>
    private bool IsDoneWith(in ForwardMessage message, ReadOnlySpan<byte> bytes)
    {
        if (_senderIsGone)
        {
            _context.Metrics.Abandoned();
            throw new EndOfStreamException();
        }

        var chunkId = bytes.Slice(message.ChunkId.Start, message.ChunkId.Length);
        _chunkKey = ChunkIds.Key(bytes.Slice(message.Tag.Start, message.Tag.Length), chunkId);
        if (!_queue.Unacknowledged.TryTake(_chunkKey, out long address))
            return false;
        _context.Metrics.Resent();
        AddAck(new StoredChunk(_chunkKey, address), chunkId, mayRepeat: true);
        return true;
    }

    private void AddAck(ReadOnlySpan<byte> bytes)
    {
        ref var message = ref _decoder.Message;
        if (!message.ChunkId.IsEmpty)
            AddAck(new StoredChunk(_chunkKey, _store.LastAddress), bytes.Slice(message.ChunkId.Start, message.ChunkId.Length), _store.ChunkIdMayRepeat);
    }

    private void AddAck(StoredChunk chunk, ReadOnlySpan<byte> chunkId, bool mayRepeat)
    {
        _acks.Add(chunk, _receivedAt, chunkId, mayRepeat);
        _ackAdded.Set();
    }

    private void PassOver(int signal)
    {
        _context.Metrics.OtherSignal(signal);
        if (_warnedOfSignal)
            return;
        _warnedOfSignal = true;
        _context.Log.OtherSignal(_client.Address, signal);
    }

    private async Task SendAcksAsync()
    {
        try
        {
            while (true)
            {
                if (_acks.TryPeek(out long address))
                {
                    await _queue.WaitForCommitAsync(address, _abort.Token);
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
                _context.Log.NotStored(_client.Address);
            else if (_expired != Refusal.None && _receiveEnded)
                Refuse(_expired, _offset);
            await EndReceivingAsync();
        }
        catch
        {
            await EndReceivingAsync();
            throw;
        }
    }

    private async Task EndReceivingAsync()
    {
        await _abort.CancelAsync();
        _ackTaken.Set();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendCoveredAcksAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SendBufferBytes);
        try
        {
            var (bytes, count, firstReceivedAt) = _acks.Take(_isOnDisk, buffer);
            _ackTaken.Set();
            _sendEnd.Set(_time.GetTimestamp() + _context.SendTicks);
            await _stream.WriteAsync(buffer.AsMemory(0, bytes), _abort.Token);
            _sendEnd.Clear();
            _acks.Written(count, _counted.Written);
            if (_acks.WrittenCount >= WrittenToAskAt)
                NoteTaken();
            _context.Metrics.Acknowledged(count, _time.GetElapsedTime(firstReceivedAt));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The sender of a connection that waits for us has gone, most likely to send again what it has no acknowledgement for. What it left
    /// is not waited for any more: it is read, and what asks for an acknowledgement is left to the resend.
    /// </summary>
    private void LetGo()
    {
        _senderIsGone = true;
        _stall?.TrySetResult();
        _ackTaken.Set();
        if (!_waitsToAppend)
            return;
        _context.Metrics.Abandoned();
        Abort();
    }

    /// <summary>Asks the kernel which acknowledgements have arrived; where it can't tell, those that were written have.</summary>
    private void NoteTaken()
    {
        if (_acks.WrittenCount > 0)
            _acks.Taken(TcpState.Of(_socket)?.TakenBytes ?? long.MaxValue);
    }

    /// <summary>Waits a moment until the acknowledgements that were written last have arrived, or can't any more.</summary>
    private async Task LearnWhatArrivesAsync()
    {
        // The network's time, not the clock's.
        var wait = FirstGoodbyeWait;
        NoteTaken();
        while (_acks.WrittenCount > 0 && wait < LongestGoodbye && TcpState.Of(_socket) is { IsOver: false } && !_abort.IsCancellationRequested)
        {
            await Task.Delay(wait);
            wait *= 2;
            NoteTaken();
        }

        if (TcpState.Of(_socket) is not { IsOpen: false })
            _acks.ForgetUncertain();
    }

    /// <summary>
    /// An address below the committed one may also have been lost, when the disk failed and the queue went on behind it; waiting
    /// tells, and does not wait here.
    /// </summary>
    private bool IsOnDisk(long address) =>
        address <= _queue.CommittedAddress && IsDone(_queue.WaitForCommitAsync(address, CancellationToken.None));

    private static bool IsDone(ValueTask task) => task.IsCompletedSuccessfully;

    private void Tell(MessageDamage damage)
    {
        _context.Metrics.Damaged(damage);
        _context.Log.Damaged(_client.Address, ShowTag(), damage);
    }

    private async ValueTask RefuseAsync(ForwardRefusedException refused)
    {
        var reason = _offset == 0 ? ForeignProtocol.Explain(_buffer.Unread.Span, refused.Reason) : refused.Reason;
        if (reason == Refusal.HttpRequest)
        {
            try
            {
                await _stream.WriteAsync(ForeignProtocol.HttpAnswer, _abort.Token);
            }
            catch (Exception e) when (IsEnd(e))
            {
                // It did not wait to be told.
            }
        }

        Refuse(reason, _offset + refused.Offset);
    }

    private void Refuse(Refusal reason, long offset)
    {
        _context.Metrics.Refused(reason);
        _context.Log.Refused(_client.Address, reason, offset);
        _context.Refused.Add(_host, ShowTag(), reason);
    }

    /// <summary>The tag of the message under way, as much of it as a person wants to see; empty when there is none yet.</summary>
    private string ShowTag()
    {
        var tag = _decoder.Message.Tag;
        if (tag.IsEmpty || tag.End > _buffer.Unread.Length)
            return "";
        string text = Encoding.UTF8.GetString(_buffer.Unread.Span.Slice(tag.Start, Math.Min(tag.Length, MaxShownTagBytes)));
        return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
    }

    /// <summary>The ends that a connection can have besides a refusal: the client is gone, we are stopping, the disk failed.</summary>
    private static bool IsEnd(Exception e) => e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
