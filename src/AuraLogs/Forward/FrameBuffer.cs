using System.Buffers;

namespace AuraLogs.Forward;

/// <summary>
/// What a connection has received and not yet decoded to its end, in one piece. It grows with what has arrived, never with what
/// a length claims, and holds nothing while the connection is idle.
/// </summary>
internal sealed class FrameBuffer : IDisposable
{
    /// <summary>The least room for a receive: large, because every receive has a price.</summary>
    private const int MinRoomBytes = 64 << 10;
    private const int FirstBytes = 256 << 10;

    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _lastCapacity = FirstBytes;

    public bool IsEmpty => _start == _end;

    public Memory<byte> Unread => _bytes.AsMemory(_start, _end - _start);

    public int Capacity => _bytes.Length;

    /// <summary>Where to receive to: behind what is there, which may move for it.</summary>
    public Memory<byte> GetRoom()
    {
        if (_bytes.Length == 0)
            _bytes = ArrayPool<byte>.Shared.Rent(_lastCapacity);
        if (_bytes.Length - _end < MinRoomBytes)
            MakeRoom();
        return _bytes.AsMemory(_end);
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
        _lastCapacity = Math.Max(FirstBytes, _bytes.Length);
        Dispose();
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = 0;
    }

    private void MakeRoom()
    {
        int length = _end - _start;
        if (_bytes.Length - length >= Math.Max(MinRoomBytes, _bytes.Length / 2))
        {
            _bytes.AsSpan(_start, length).CopyTo(_bytes);
        }
        else
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            _bytes.AsSpan(_start, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        _start = 0;
        _end = length;
    }
}
