using System.Buffers;

namespace AuraLogs.MessagePack.Json;

/// <summary>Makes memory larger, with the first <paramref name="used"/> bytes that are in it; what it was given it has taken back.</summary>
internal delegate IMemoryOwner<byte> GrowMemory(IMemoryOwner<byte> memory, int used, int bytes);

/// <summary>
/// A growing run of UTF-8 bytes. Writers first ask for room (<see cref="EnsureRoom"/>) and then write into
/// <see cref="Bytes"/> at <see cref="Position"/>, so that the check is made once a value. It owns its memory, which does not move but when it grows.
/// </summary>
internal sealed unsafe class JsonBuffer : IDisposable
{
    private readonly GrowMemory _grow;
    private IMemoryOwner<byte>? _memory;
    private MemoryHandle _pinned;
    private byte* _start;

    /// <summary>A buffer of its own memory.</summary>
    public JsonBuffer(int capacity)
        : this(Copy) => Take(MemoryPool<byte>.Shared.Rent(capacity));

    /// <summary>A buffer without memory, until it is given some.</summary>
    public JsonBuffer(GrowMemory grow) => _grow = grow;

    /// <summary>The writers' own memory.</summary>
    public Span<byte> Bytes => new(_start, Capacity);

    public int Position { get; set; }

    public int Capacity { get; private set; }

    public ReadOnlySpan<byte> Written => new(_start, Position);

    /// <summary>What nothing was written to yet; valid until more is written.</summary>
    public Memory<byte> Free => _memory!.Memory[Position..];

    /// <summary>What was written from one position to another; valid until more is written.</summary>
    public ReadOnlyMemory<byte> Slice(int start, int end) => _memory!.Memory[start..end];

    /// <summary>Begins anew, in memory that it owns from now on.</summary>
    public void Take(IMemoryOwner<byte> memory)
    {
        Dispose();
        _memory = memory;
        _pinned = memory.Memory.Pin();
        _start = (byte*)_pinned.Pointer;
        Capacity = memory.Memory.Length;
    }

    /// <summary>Gives the memory back, and with it what was written.</summary>
    public void Dispose()
    {
        _pinned.Dispose();
        _memory?.Dispose();
        _start = null;
        (_memory, Capacity, Position) = (null, 0, 0);
    }

    public void EnsureRoom(int length)
    {
        if (Capacity - Position < length)
            Grow(length);
    }

    /// <summary>Writes a byte into room that was ensured.</summary>
    public void Put(byte value) => _start[Position++] = value;

    public void Write(ReadOnlySpan<byte> text)
    {
        EnsureRoom(text.Length);
        text.CopyTo(Bytes[Position..]);
        Position += text.Length;
    }

    /// <summary>Cuts <paramref name="length"/> bytes out at <paramref name="start"/>.</summary>
    public void Remove(int start, int length)
    {
        Bytes[(start + length)..Position].CopyTo(Bytes[start..]);
        Position -= length;
    }

    private static IMemoryOwner<byte> Copy(IMemoryOwner<byte> memory, int used, int bytes)
    {
        var larger = MemoryPool<byte>.Shared.Rent((int)Math.Min(Math.Max(bytes, 2L * memory.Memory.Length), Array.MaxLength));
        memory.Memory[..used].CopyTo(larger.Memory);
        memory.Dispose();
        return larger;
    }

    private void Grow(int length)
    {
        var used = Position;
        _pinned.Dispose();
        var memory = _grow(_memory!, used, checked(used + length));
        _memory = null;
        Take(memory);
        Position = used;
    }
}
