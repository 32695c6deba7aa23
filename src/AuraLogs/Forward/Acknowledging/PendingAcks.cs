using AuraLogs.Forward.Decoding;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Forward.Acknowledging;

/// <summary>
/// The acknowledgements of a connection that have not arrived, in the order of their chunks: first those that wait for a commit, already
/// as they will be sent, <c>{"ack": chunk}</c>, then those that were written and that the sender's TCP has not taken yet. One side adds,
/// another takes and writes. When the connection ends, what is left becomes <see cref="UnacknowledgedChunks"/>.
/// </summary>
/// <param name="memory">Counts what all connections' take.</param>
internal sealed class PendingAcks(AckMemory memory) : IDisposable
{
    /// <summary>The most bytes that wait before the connection reads no further.</summary>
    private const int MaxBytes = 64 << 10;

    /// <summary>The most that are known to be written and not taken; of older ones it is not known then.</summary>
    private const int MaxWritten = 4096;

    /// <summary>So many may wait, and be known, also while there is no memory for all: everybody goes on, step by step.</summary>
    private const int AlwaysTaken = 16;

    /// <summary>What one takes beside its text, in a queue that has grown to twice what it needs.</summary>
    private const int RecordBytes = 128;

    private readonly Lock _lock = new();

    private readonly Queue<(StoredChunk Chunk, long ReceivedAt, int Length, bool MayRepeat)> _acks = new();
    private readonly Queue<(StoredChunk Chunk, bool MayRepeat)> _written = new();
    private readonly Queue<(int Count, long End)> _sends = new();
    private UnacknowledgedChunks? _rememberedIn;
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _counted;

    private static ReadOnlySpan<byte> Prefix => [MessagePackFormat.FixMap | 1, MessagePackFormat.FixStr | 3, (byte)'a', (byte)'c', (byte)'k'];

    public bool IsFull
    {
        get
        {
            lock (_lock)
                return _end - _start >= MaxBytes || _acks.Count >= AlwaysTaken && memory.IsShort;
        }
    }

    /// <param name="chunk">The chunk; its address is what a commit has to reach.</param>
    /// <param name="receivedAt">When its last byte had been received, as a timestamp.</param>
    /// <param name="chunkId">As it was sent.</param>
    /// <param name="mayRepeat">Whether another chunk may have the same name (<see cref="NewEntry.ChunkIdMayRepeat"/>).</param>
    public void Add(StoredChunk chunk, long receivedAt, ReadOnlySpan<byte> chunkId, bool mayRepeat)
    {
        lock (_lock)
        {
            var room = GetRoom(Prefix.Length + MessagePackText.MaxHeaderBytes + chunkId.Length);
            Prefix.CopyTo(room);
            int length = Prefix.Length;
            length += MessagePackText.WriteHeader(room[length..], chunkId.Length);
            chunkId.CopyTo(room[length..]);
            length += chunkId.Length;
            _end += length;
            _acks.Enqueue((chunk, receivedAt, length, mayRepeat));
            Count(RecordBytes + length);
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _acks.Count == 0;
        }
    }

    /// <summary>How many were written and are not known to have been taken.</summary>
    public int WrittenCount
    {
        get
        {
            lock (_lock)
                return _written.Count;
        }
    }

    /// <summary>What the first one waits for.</summary>
    public bool TryPeek(out long address)
    {
        lock (_lock)
        {
            bool any = _acks.TryPeek(out var first);
            address = first.Chunk.Address;
            return any;
        }
    }

    /// <summary>Takes those from the first on whose addresses are on disk, as many as fit.</summary>
    /// <param name="isOnDisk">Says so of an address.</param>
    /// <param name="destination">Gets them as they will be sent.</param>
    /// <returns>The bytes written to <paramref name="destination"/>, how many acknowledgements they are, and when the first was received.</returns>
    public (int Bytes, int Count, long FirstReceivedAt) Take(Func<long, bool> isOnDisk, Span<byte> destination)
    {
        lock (_lock)
        {
            int length = 0;
            int count = 0;
            long firstReceivedAt = _acks.TryPeek(out var first) ? first.ReceivedAt : 0;
            while (_acks.TryPeek(out var ack) && length + ack.Length <= destination.Length && isOnDisk(ack.Chunk.Address))
            {
                length += ack.Length;
                count++;
                _acks.Dequeue();
                _written.Enqueue((ack.Chunk, ack.MayRepeat));
            }

            _bytes.AsSpan(_start, length).CopyTo(destination);
            _start += length;
            Count(-length);
            if (_start == _end)
            {
                _start = _end = 0;
                _bytes = _bytes.Length > 4096 ? [] : _bytes;
            }

            return (length, count, firstReceivedAt);
        }
    }

    /// <summary>Those that were taken last are written.</summary>
    /// <param name="count">How many they are.</param>
    /// <param name="end">The bytes written to the connection so far.</param>
    public void Written(int count, long end)
    {
        lock (_lock)
        {
            _sends.Enqueue((count, end));
            int most = memory.IsShort ? AlwaysTaken : MaxWritten;
            while (_written.Count > most && _sends.TryDequeue(out var oldest))
                Forget(oldest.Count);
        }
    }

    /// <summary>The sender's TCP has taken everything up to here: these have arrived.</summary>
    public void Taken(long bytes)
    {
        lock (_lock)
        {
            while (_sends.TryPeek(out var send) && send.End <= bytes)
                Forget(_sends.Dequeue().Count);
        }
    }

    /// <summary>The sender has ended the connection: chunks of which the acknowledgement has not arrived will be sent again.</summary>
    public void RememberIn(UnacknowledgedChunks chunks)
    {
        lock (_lock)
        {
            _rememberedIn = chunks;
            foreach (var (chunk, _) in _written)
                chunks.Add(chunk);
            foreach (var (chunk, _, _, _) in _acks)
                chunks.Add(chunk);
        }
    }

    /// <summary>
    /// We have ended the connection, and what was written may still arrive: where that makes a difference, because an equal chunk may come
    /// that is not the same, it is better taken twice than not at all.
    /// </summary>
    public void ForgetUncertain()
    {
        lock (_lock)
        {
            foreach (var (chunk, mayRepeat) in _written)
            {
                if (mayRepeat)
                    _rememberedIn?.Remove(chunk);
            }
        }
    }

    /// <summary>The connection is over; nothing is added any more.</summary>
    public void Dispose()
    {
        lock (_lock)
            Count(-_counted);
    }

    private void Forget(int count)
    {
        for (; count > 0; count--)
        {
            var (chunk, _) = _written.Dequeue();
            _rememberedIn?.Remove(chunk);
            Count(-RecordBytes);
        }
    }

    private void Count(int bytes)
    {
        _counted += bytes;
        memory.Add(bytes);
    }

    private Span<byte> GetRoom(int length)
    {
        if (_bytes.Length - _end < length)
        {
            int used = _end - _start;
            byte[] target = _bytes.Length - used >= length && _start >= used ? _bytes : new byte[Math.Max(256, 2 * (used + length))];
            _bytes.AsSpan(_start, used).CopyTo(target);
            _bytes = target;
            _start = 0;
            _end = used;
        }

        return _bytes.AsSpan(_end);
    }
}
