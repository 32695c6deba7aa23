using System.Buffers;

namespace AuraLogs.MessagePack.Json;

/// <summary>Lets writers of the runtime write to a <see cref="JsonBuffer"/>.</summary>
internal sealed class JsonBufferWriter(JsonBuffer buffer) : IBufferWriter<byte>
{
    private const int LeastRoom = 256;

    /// <inheritdoc/>
    public void Advance(int count) => buffer.Position += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        buffer.EnsureRoom(Math.Max(sizeHint, LeastRoom));
        return buffer.Free;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
