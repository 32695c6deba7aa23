using System.Net.Sockets;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>The bytes of one connection: heads are read through a small buffer, bodies straight into the reader's.</summary>
internal sealed class ConnectionInput(Socket socket)
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    /// <summary>Reads up to and without <paramref name="mark"/>; null when the connection ended before its first byte.</summary>
    public async Task<byte[]?> ReadUntilAsync(byte[] mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_buffer.AsSpan(_start, _end - _start).IndexOf(mark) is var length and >= 0)
            {
                var found = _buffer.AsSpan(_start, length).ToArray();
                _start += length + mark.Length;
                return found;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
                throw new IOException("A request's head is too long.");
            var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            if (count == 0)
                return _end == 0 ? null : throw new IOException("The connection ended within a request.");
            _end += count;
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            var received = await socket.ReceiveAsync(destination, cancellationToken);
            return received > 0 || destination.IsEmpty ? received : throw new IOException("The connection ended within a body.");
        }

        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }
}
