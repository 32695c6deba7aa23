using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using AuraLogs.Forward.Acknowledging;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Salvage;
using AuraLogs.Forward.Sockets;
using AuraLogs.Forward.Storing;
using AuraLogs.Forward.Tls;
using AuraLogs.Queue;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Forward.Listening;

/// <summary>
/// One sender. It is read, decoded and stored without waiting for commits; beside that its <see cref="AckSender"/> acknowledges what
/// commits cover.
/// </summary>
internal sealed class ForwardConnection : IDisposable
{
    private const int MaxShownTagBytes = 200;

    /// <summary>A sender that connects has something to send, unless it waits for a handshake.</summary>
    private static readonly TimeSpan SilentTime = TimeSpan.FromSeconds(30);

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
    private readonly AckSender _acks;
    private readonly Deadline _handshakeEnd = new();
    private readonly Deadline _idleEnd = new();
    private readonly Deadline _messageEnd = new();
    private Stream _stream;
    private volatile TaskCompletionSource? _stall;
    private volatile bool _senderIsGone;
    private volatile bool _waitsToAppend;
    private UInt128 _chunkKey;
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
        var counted = new CountedStream(socket);
        _stream = counted;
        _buffer = new FrameBuffer(context.Receiving, context.Limits.MaxMessageBytes);
        _decoder = new ForwardDecoder(context.Limits);
        _acks = new AckSender(socket, counted, context.Queue, context.Acks, context.Metrics, context.Time, context.SendTicks);
        _store = new MessageStore(context.Queue, context.Limits, context.Storing);
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
            _acks.Complete();
        }

        await sending;
        await _acks.LearnWhatArrivesAsync(_abort.Token);
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
        _acks.NoteTaken();
        if ((_stall is not null || _waitsToAppend) && TcpState.Of(_socket) is { IsOpen: false })
            LetGo();
    }

    private void EndIfOverdue(long now)
    {
        if (_handshakeEnd.IsPast(now))
            Expire(Refusal.HandshakeTimeout);
        else if (_messageEnd.IsPast(now))
            Expire(Refusal.MessageTimeout);
        else if (_acks.IsOverdue(now))
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
        {
            await WaitForDataAsync(_abort.Token);
            _stream = await ConnectionOpener.OpenTlsAsync(_socket, _stream, _tls, _abort.Token);
        }

        if (_context.Security is { } security)
            _offset = await ConnectionOpener.ShakeHandsAsync(_socket, _stream, security, _abort.Token);
        _handshakeEnd.Clear();
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
                    await _acks.WaitForChangeAsync();
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
        _acks.Add(new StoredChunk(_chunkKey, address), _receivedAt, chunkId, mayRepeat: true);
        return true;
    }

    private void AddAck(ReadOnlySpan<byte> bytes)
    {
        ref var message = ref _decoder.Message;
        if (message.ChunkId.IsEmpty)
            return;
        var chunkId = bytes.Slice(message.ChunkId.Start, message.ChunkId.Length);
        _acks.Add(new StoredChunk(_chunkKey, _store.LastAddress), _receivedAt, chunkId, _store.ChunkIdMayRepeat);
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
            await _acks.SendAsync(_stream, _abort.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            if (e is QueueFailedException)
                _context.Log.NotStored(_client.Address);
            else if (_expired != Refusal.None && _acks.IsComplete)
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
        _acks.WakeReceiver();
    }

    /// <summary>
    /// The sender of a connection that waits for us has gone, most likely to send again what it has no acknowledgement for. What it left
    /// is not waited for any more: it is read, and what asks for an acknowledgement is left to the resend.
    /// </summary>
    private void LetGo()
    {
        _senderIsGone = true;
        _stall?.TrySetResult();
        _acks.WakeReceiver();
        if (!_waitsToAppend)
            return;
        _context.Metrics.Abandoned();
        Abort();
    }

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
