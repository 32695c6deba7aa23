using System.Diagnostics.CodeAnalysis;

namespace AuraLogs.MessagePack;

/// <summary>
/// A growing run of UTF-8 bytes. Writers first ask for room (<see cref="EnsureRoom"/>) and then write into
/// <see cref="Bytes"/> at <see cref="Position"/>, so that the check is made once a value.
/// </summary>
internal sealed class JsonBuffer(int capacity)
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(capacity);

    [SuppressMessage("Performance", "CA1819", Justification = "The writers' own memory.")]
    public byte[] Bytes => _bytes;

    public int Position { get; set; }

    public int Capacity => _bytes.Length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Position);

    public void EnsureRoom(int length)
    {
        if (_bytes.Length - Position < length)
            Grow(length);
    }

    /// <summary>Writes a byte into room that was ensured.</summary>
    public void Put(byte value) => _bytes[Position++] = value;

    public void Write(ReadOnlySpan<byte> text)
    {
        EnsureRoom(text.Length);
        text.CopyTo(_bytes.AsSpan(Position));
        Position += text.Length;
    }

    /// <summary>Cuts <paramref name="length"/> bytes out at <paramref name="start"/>.</summary>
    public void Remove(int start, int length)
    {
        _bytes.AsSpan(start + length, Position - start - length).CopyTo(_bytes.AsSpan(start));
        Position -= length;
    }

    private void Grow(int length)
    {
        var needed = (long)Position + length;
        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        Written.CopyTo(larger);
        _bytes = larger;
    }
}
