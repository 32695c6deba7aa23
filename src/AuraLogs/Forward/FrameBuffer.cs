using System.Buffers;
using System.Numerics;

namespace AuraLogs.Forward;

/// <summary>
/// What a connection has received and not yet decoded to its end, in one piece. It grows with what has arrived, never with what
/// a length claims, and holds nothing while the connection is idle.
/// </summary>
internal sealed class FrameBuffer(ReceiveMemory memory) : IDisposable
{
    public const int FirstBytes = 64 << 10;

    /// <summary>The least room for a receive.</summary>
    private const int MinRoomBytes = 16 << 10;

    /// <summary>The most to begin with, when the last messages were large: few receives, and no growing.</summary>
    private const int MaxFirstBytes = 2 << 20;

    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _nextFirstBytes = FirstBytes;

    public bool IsEmpty => _start == _end;

    public Memory<byte> Unread => _bytes.AsMemory(_start, _end - _start);

    public int Capacity => _bytes.Length;

    /// <summary>Where to receive to: behind what is there, which may move for it. Waits while memory is short.</summary>
    public ValueTask<Memory<byte>> GetRoomAsync(CancellationToken cancellationToken)
    {
        int needed = NeededCapacity();
        if (needed > _bytes.Length)
        {
            if (!memory.TryTake(needed))
                return GrowLaterAsync(needed, cancellationToken);
            Grow(needed);
        }

        return new ValueTask<Memory<byte>>(_bytes.AsMemory(_end));
    }

    /// <summary>So many bytes have been received.</summary>
    public void Fill(int count) => _end += count;

    /// <summary>So many bytes are done with.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Gives the memory back, when nothing is in it.</summary>
    public void Release()
    {
        if (_bytes.Length == 0 || !IsEmpty)
            return;
        _nextFirstBytes = Math.Min(_bytes.Length, MaxFirstBytes);
        Dispose();
    }

    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        memory.Return(_bytes.Length);
        _bytes = [];
        _start = _end = 0;
    }

    /// <summary>Moves what is there to the front when that gives room enough; says how much is needed when not.</summary>
    private int NeededCapacity()
    {
        if (_bytes.Length == 0)
            return _nextFirstBytes;
        if (_bytes.Length - _end >= MinRoomBytes)
            return _bytes.Length;
        int length = _end - _start;
        if (length > _bytes.Length / 2)
            return _bytes.Length * 2;
        _bytes.AsSpan(_start, length).CopyTo(_bytes);
        _start = 0;
        _end = length;
        return _bytes.Length;
    }

    private async ValueTask<Memory<byte>> GrowLaterAsync(int capacity, CancellationToken cancellationToken)
    {
        if (_bytes.Length == 0)
            capacity = FirstBytes;
        await memory.TakeAsync(capacity, cancellationToken);
        Grow(capacity);
        return _bytes.AsMemory(_end);
    }

    private void Grow(int capacity)
    {
        // The pool's sizes are the powers of two, so what is counted is what is rented.
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)capacity));
        var unread = _bytes.AsSpan(_start, _end - _start);
        int length = unread.Length;
        unread.CopyTo(larger);
        Dispose();
        _bytes = larger;
        _end = length;
    }
}
