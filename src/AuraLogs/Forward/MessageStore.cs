using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward;

/// <summary>
/// Puts the events of a message into the queue: in one entry if they fit, in several that keep the chunk id and count the
/// ordinal on if not. What came compressed stays so, unless it has to be split.
/// </summary>
internal sealed class MessageStore(LogQueue queue, ForwardLimits limits, MemoryBudget memory)
{
    private readonly CompressedEvents _compressed = new(limits, memory);

    /// <summary>The address that a commit has to reach to cover all that was stored so far.</summary>
    public long LastAddress { get; private set; }

    /// <param name="decoder">Has just given out the message.</param>
    /// <param name="bytes">The message; it is written to.</param>
    /// <param name="cancellationToken">Ends the waiting for room.</param>
    /// <returns>How many events were stored.</returns>
    /// <exception cref="ForwardRefusedException">The compressed events are bad.</exception>
    /// <exception cref="QueueFailedException">The disk failed between two parts, and the first may be lost.</exception>
    public ValueTask<int> StoreAsync(ForwardDecoder decoder, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        ref var message = ref decoder.Message;
        if (message.Compression != Compression.None)
            return StoreCompressedAsync(message, bytes, cancellationToken);
        if (message.EventCount == 0)
            return new ValueTask<int>(0);
        if (message.Mode == ForwardMode.Message)
        {
            if (!message.Metadata.IsEmpty)
                return StoreWithMetadataAsync(message, bytes, cancellationToken);
            message.ReframeEvent(bytes.Span);
        }

        return decoder.Parts.Length == 1
            ? AppendAsync(message, bytes, message.Events, cancellationToken)
            : AppendPartsAsync(decoder, bytes, cancellationToken);
    }

    /// <summary>Without a state machine while the queue has room: with one event a message this is called for each event.</summary>
    private ValueTask<int> AppendAsync(
        in ForwardMessage message, ReadOnlyMemory<byte> bytes, Extent events, CancellationToken cancellationToken)
    {
        var append = queue.AppendAsync(
            NewEntryOf(message, bytes, Slice(bytes, events), message.EventCount, 0, message.Compression), cancellationToken);
        if (!append.IsCompletedSuccessfully)
            return WaitAsync(append, message.EventCount);
        LastAddress = append.Result;
        return new ValueTask<int>(message.EventCount);
    }

    private async ValueTask<int> WaitAsync(ValueTask<long> append, int eventCount)
    {
        LastAddress = await append;
        return eventCount;
    }

    private async ValueTask<int> AppendPartsAsync(ForwardDecoder decoder, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        int failures = queue.Failures;
        int ordinal = 0;
        for (int i = 0; i < decoder.Parts.Length; i++)
        {
            var part = decoder.Parts[i];
            var events = bytes.Slice((int)part.Start, part.Length);
            LastAddress = await queue.AppendAsync(
                NewEntryOf(decoder.Message, bytes, events, part.Count, ordinal, Compression.None), cancellationToken);
            ordinal += part.Count;
        }

        RequireWhole(failures);
        return ordinal;
    }

    /// <summary>The last part's commit says nothing of parts that were lost with a failed disk before the last was appended.</summary>
    private void RequireWhole(int failuresBefore)
    {
        if (queue.Failures != failuresBefore)
            throw new QueueFailedException("The queue's disk failed between the parts of a message.");
    }

    /// <summary>Makes <c>[[time, {metadata}], record]</c> of a Message whose options carry the metadata.</summary>
    private async ValueTask<int> StoreWithMetadataAsync(ForwardMessage message, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        int length = message.Events.Length + message.Metadata.Length + 1;
        if (length > limits.MaxEventBytes)
            throw new ForwardRefusedException(Refusal.EventTooLarge, message.Events.Start);
        using var pieces = memory.TryRent(length) ?? await memory.RentAsync(length, 0, cancellationToken);
        length = Reassemble(message, bytes.Span, pieces.GetSpan());
        LastAddress = await queue.AppendAsync(
            NewEntryOf(message, bytes, pieces.Memory[..length], 1, 0, Compression.None), cancellationToken);
        return 1;
    }

    private static int Reassemble(in ForwardMessage message, ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int recordStart = message.Events.Start + 1;
        EventTime.TryRead(bytes, ref recordStart, out _);
        var time = bytes[(message.Events.Start + 1)..recordStart];
        var record = bytes[recordStart..message.Events.End];
        var metadata = bytes.Slice(message.Metadata.Start, message.Metadata.Length);

        destination[0] = MessagePackFormat.FixArray | 2;
        destination[1] = MessagePackFormat.FixArray | 2;
        int length = 2;
        time.CopyTo(destination[length..]);
        length += time.Length;
        metadata.CopyTo(destination[length..]);
        length += metadata.Length;
        record.CopyTo(destination[length..]);
        return length + record.Length;
    }

    private async ValueTask<int> StoreCompressedAsync(ForwardMessage message, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var packed = Slice(bytes, message.Events);
        var refusal = await _compressed.CheckAsync(packed, message.Compression, cancellationToken);
        if (refusal != Refusal.None)
            throw new ForwardRefusedException(refusal, message.Events.Start);
        if (_compressed.Count == 0)
            return 0;
        message.EventCount = _compressed.Count;
        message.FirstSecond = _compressed.FirstSecond;
        return packed.Length <= limits.MaxEventBytes
            ? await AppendAsync(message, bytes, message.Events, cancellationToken)
            : await AppendUnpackedAsync(message, bytes, cancellationToken);
    }

    /// <summary>Unpacks once more, now in the parts that were found.</summary>
    private async ValueTask<int> AppendUnpackedAsync(ForwardMessage message, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        int failures = queue.Failures;
        using var buffer = await memory.RentAsync(
            limits.MaxEventBytes + Unpacker.MinDestinationBytes, Unpacker.LibraryBytes(message.Compression), cancellationToken);
        var unpacked = buffer.Memory;
        using var unpacker = Unpacker.Open(Slice(bytes, message.Events), message.Compression);
        int ordinal = 0;
        int filled = 0;
        for (int i = 0; i < _compressed.Parts.Length; i++)
        {
            var part = _compressed.Parts[i];
            while (filled < part.Length)
                filled += unpacker.Read(unpacked.Span[filled..]);
            LastAddress = await queue.AppendAsync(
                NewEntryOf(message, bytes, unpacked[..part.Length], part.Count, ordinal, Compression.None), cancellationToken);
            ordinal += part.Count;
            unpacked[part.Length..filled].CopyTo(unpacked);
            filled -= part.Length;
        }

        RequireWhole(failures);
        return ordinal;
    }

    private static NewEntry NewEntryOf(
        in ForwardMessage message, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> events, int count, int ordinal, Compression compression) =>
        new()
        {
            Tag = Slice(bytes, message.Tag),
            ChunkId = Slice(bytes, message.ChunkId),
            Events = events,
            EventCount = count,
            FirstOrdinal = ordinal,
            ChunkSecond = message.FirstSecond,
            Compression = compression,
        };

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> bytes, Extent extent) => bytes.Slice(extent.Start, extent.Length);
}
