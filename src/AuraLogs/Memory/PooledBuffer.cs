using System.Buffers;

namespace AuraLogs.Memory;

/// <summary>
/// A buffer of a <see cref="BufferPool"/>. It has one owner, who disposes it once; what is in it at first is undefined. Its
/// <see cref="MemoryManager{T}.Memory"/> stays valid when the buffer grows, and not when it is disposed.
/// </summary>
internal sealed unsafe class PooledBuffer : MemoryManager<byte>
{
    private readonly BufferPool _pool;
    private MemoryBudget? _budget;
    private long _beside;
    private byte* _start;

    internal PooledBuffer(BufferPool pool, byte* start, int length)
    {
        _pool = pool;
        _start = start;
        Length = length;
    }

    /// <summary>Its bytes: a size of <see cref="SizeClass"/>, at least what was asked for.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_start, Length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length);
        return new MemoryHandle(_start + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // It does not move by itself.
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => Dispose(disposing: true);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _budget, null) is not { } budget)
            return;
        long counted = Length + _beside;
        _pool.Return(this);
        budget.Release(counted);
    }

    /// <summary>Counts it for a budget, and what its owner has a library take beside it, until it is disposed.</summary>
    internal PooledBuffer CountFor(MemoryBudget budget, long beside)
    {
        (_budget, _beside) = (budget, beside);
        return this;
    }

    internal bool TryGrow(int length)
    {
        byte* moved = NativePages.TryGrow(_start, Length, length);
        if (moved is null)
            return false;
        _start = moved;
        Length = length;
        return true;
    }

    /// <summary>Gives its memory back to the system; it is empty from then on.</summary>
    internal void Unmap()
    {
        NativePages.Unmap(_start, Length);
        _start = null;
        Length = 0;
    }
}
