using AuraLogs.Memory;

namespace AuraLogs.Forward.Listening;

/// <summary>
/// What a connection has received and not yet decoded to its end, in one piece. It grows with what has arrived, never with what
/// a length claims, and holds nothing while the connection is idle.
/// </summary>
/// <param name="memory">Where its memory comes from.</param>
/// <param name="maxMessageBytes">The most bytes of a message; the decoder refuses what is longer.</param>
internal sealed class FrameBuffer(MemoryBudget memory, int maxMessageBytes) : IDisposable
{
    public const int FirstBytes = 64 << 10;

    /// <summary>The least room for a receive.</summary>
    private const int MinRoomBytes = 16 << 10;

    /// <summary>The most to begin with, when the last messages were large: few receives, and no growing.</summary>
    private const int MaxFirstBytes = 2 << 20;

    private PooledBuffer? _buffer;
    private Memory<byte> _bytes;
    private int _start;
    private int _end;
    private int _nextFirstBytes = FirstBytes;

    public bool IsEmpty => _start == _end;

    public Memory<byte> Unread => _bytes[_start.._end];

    public int Capacity => _bytes.Length;

    /// <summary>Where to receive to: behind what is there, which may move for it. Waits while memory is short.</summary>
    public ValueTask<Memory<byte>> GetRoomAsync(CancellationToken cancellationToken)
    {
        int needed = NeededCapacity();
        if (needed > _bytes.Length && !TryEnlarge(needed))
            return EnlargeLaterAsync(needed, cancellationToken);
        return new ValueTask<Memory<byte>>(_bytes[_end..]);
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
        _buffer?.Dispose();
        _buffer = null;
        _bytes = default;
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
        int most = maxMessageBytes + FirstBytes;
        if (length > _bytes.Length / 2 && _bytes.Length < most)
            return Math.Min(_bytes.Length * 2, most);
        _bytes[_start.._end].CopyTo(_bytes);
        _start = 0;
        _end = length;
        return _bytes.Length;
    }

    private bool TryEnlarge(int capacity)
    {
        if (_buffer is null)
            _buffer = memory.TryRent(capacity);
        else if (!memory.TryGrow(_buffer, capacity))
            return false;
        _bytes = _buffer?.Memory ?? default;
        return _buffer is not null;
    }

    private async ValueTask<Memory<byte>> EnlargeLaterAsync(int capacity, CancellationToken cancellationToken)
    {
        if (_buffer is null)
            _buffer = await memory.RentAsync(FirstBytes, cancellationToken);
        else
            await memory.GrowAsync(_buffer, capacity, cancellationToken);
        _bytes = _buffer.Memory;
        return _bytes[_end..];
    }
}
