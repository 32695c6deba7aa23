using AuraLogs.MessagePack;

namespace AuraLogs.Forward;

/// <summary>
/// The acknowledgements of a connection that wait for a commit, in the order of their chunks and already as they will be sent:
/// <c>{"ack": chunk}</c>. One side adds, the other takes.
/// </summary>
internal sealed class PendingAcks
{
    /// <summary>The most bytes that wait before the connection reads no further.</summary>
    private const int MaxBytes = 64 << 10;

    private readonly Lock _lock = new();
    private readonly Queue<(long Address, long ReceivedAt, int Length)> _acks = new();
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    private static ReadOnlySpan<byte> Prefix => [MessagePackFormat.FixMap | 1, MessagePackFormat.FixStr | 3, (byte)'a', (byte)'c', (byte)'k'];

    public bool IsFull
    {
        get
        {
            lock (_lock)
                return _end - _start >= MaxBytes;
        }
    }

    /// <param name="address">The address that a commit has to reach.</param>
    /// <param name="receivedAt">When its last byte had been received, as a timestamp.</param>
    /// <param name="chunkId">As it was sent.</param>
    public void Add(long address, long receivedAt, ReadOnlySpan<byte> chunkId)
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
            _acks.Enqueue((address, receivedAt, length));
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

    /// <summary>What the first one waits for.</summary>
    public bool TryPeek(out long address)
    {
        lock (_lock)
        {
            bool any = _acks.TryPeek(out var first);
            address = first.Address;
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
            while (_acks.TryPeek(out var ack) && length + ack.Length <= destination.Length && isOnDisk(ack.Address))
            {
                length += ack.Length;
                count++;
                _acks.Dequeue();
            }

            _bytes.AsSpan(_start, length).CopyTo(destination);
            _start += length;
            if (_start == _end)
            {
                _start = _end = 0;
                _bytes = _bytes.Length > 4096 ? [] : _bytes;
            }

            return (length, count, firstReceivedAt);
        }
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
