using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Salvage;
using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward.Storing;

/// <summary>
/// Puts the events of a message into the queue: in one entry if they fit, in several that keep the chunk id and count the
/// ordinal on if not. What came compressed stays so, unless it has to be split.
/// </summary>
internal sealed class MessageStore(LogQueue queue, ForwardLimits limits, MemoryBudget memory)
{
    /// <summary>One damaged message at a time, for all connections: it may need several times its size.</summary>
    private static readonly SemaphoreSlim Salvaging = new(1);

    private readonly CompressedEvents _compressed = new(limits, memory);
    private MessageDamage? _damage;

    /// <summary>The address that a commit has to reach to cover all that was stored so far.</summary>
    public long LastAddress { get; private set; }

    /// <summary>Whether the name of the chunk that was stored last may be another's (<see cref="NewEntry.ChunkIdMayRepeat"/>).</summary>
    public bool ChunkIdMayRepeat { get; private set; }

    /// <summary>What was wrong with the last message; null when nothing was. Telling it forgets it.</summary>
    public MessageDamage? TakeDamage()
    {
        var damage = _damage;
        _damage = null;
        return damage;
    }

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
        ChunkIdMayRepeat = message.ChunkIdMayRepeat = ChunkIds.MayRepeat(message, bytes);
        if (message.Mode == ForwardMode.Message)
        {
            if (!message.Metadata.IsEmpty)
                return StoreWithMetadataAsync(message, bytes, cancellationToken);
            message.ReframeEvent(bytes.Span);
        }

        if (decoder.Salvage is { } salvage)
            return StoreDamagedAsync(message, bytes, salvage, cancellationToken);
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
            using var joined = part.GroupLength == 0 ? null : await memory.RentAsync(part.GroupLength + part.Length, 0, cancellationToken);
            if (joined is not null)
                events = Join(bytes.Slice((int)part.GroupStart, part.GroupLength), events, joined.Memory);
            LastAddress = await queue.AppendAsync(
                NewEntryOf(decoder.Message, bytes, events, part.Count, ordinal, Compression.None), cancellationToken);
            ordinal += part.Count;
        }

        RequireWhole(failures);
        return ordinal;
    }

    /// <summary>The most bytes of a part with the marker of its group before it; 0 when none has one.</summary>
    private static int LongestJoined(ReadOnlySpan<EventPart> parts)
    {
        int longest = 0;
        foreach (var part in parts)
            longest = part.GroupLength == 0 ? longest : Math.Max(longest, part.GroupLength + part.Length);
        return longest;
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> group, ReadOnlyMemory<byte> events, Memory<byte> target)
    {
        group.CopyTo(target);
        events.CopyTo(target[group.Length..]);
        return target[..(group.Length + events.Length)];
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
            return await StoreLargeAsync(message, bytes, cancellationToken);
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
        message.Fraction = _compressed.Fraction;
        ChunkIdMayRepeat = message.ChunkIdMayRepeat = (refusal == Refusal.None || message.NamesSignal) && ChunkIds.MayRepeat(message, bytes);
        if (refusal is Refusal.NotAnEvent or Refusal.EventTooLarge or Refusal.TooDeep or Refusal.Malformed)
            return await StoreDamagedAsync(message, bytes, refusal, cancellationToken);
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
        int windowBytes = limits.MaxEventBytes + Unpacker.MinDestinationBytes;

        // One buffer for all: who held one and waited for another would wait for others who do the same.
        using var buffer = await memory.RentAsync(
            windowBytes + LongestJoined(_compressed.Parts), Unpacker.LibraryBytes(message.Compression), cancellationToken);
        var (unpacked, joined) = (buffer.Memory[..windowBytes], buffer.Memory[windowBytes..]);
        using var unpacker = Unpacker.Open(Slice(bytes, message.Events), message.Compression);
        int ordinal = 0;
        int filled = 0;
        long origin = 0;
        byte[] group = [];
        for (int i = 0; i < _compressed.Parts.Length; i++)
        {
            // 1. Give up what lies before the part, and have all of it.
            var part = _compressed.Parts[i];
            while (origin < part.Start || filled < part.Length)
            {
                int gap = (int)Math.Min(part.Start - origin, filled);
                unpacked[gap..filled].CopyTo(unpacked);
                filled -= gap;
                origin += gap;
                if (origin < part.Start || filled < part.Length)
                    filled += unpacker.Read(unpacked.Span[filled..]);
            }

            // 2. Store it, behind the marker of the group that it begins in.
            var events = (ReadOnlyMemory<byte>)unpacked[..part.Length];
            if (part.GroupLength > 0)
                events = Join(group, events, joined);
            LastAddress = await queue.AppendAsync(
                NewEntryOf(message, bytes, events, part.Count, ordinal, Compression.None), cancellationToken);
            ordinal += part.Count;

            // 3. Keep the marker if the next part wants it.
            if (i + 1 < _compressed.Parts.Length && _compressed.Parts[i + 1] is { GroupLength: > 0 } next && next.GroupStart >= part.Start)
                group = unpacked.Slice((int)(next.GroupStart - part.Start), next.GroupLength).ToArray();
        }

        RequireWhole(failures);
        return ordinal;
    }

    /// <summary>
    /// Stores what can be taken of a damaged message: the events in their order, then what is unreadable, which the way out makes a dead
    /// letter of.
    /// </summary>
    private async ValueTask<int> StoreDamagedAsync(
        ForwardMessage message, ReadOnlyMemory<byte> bytes, MessageSalvage salvage, CancellationToken cancellationToken)
    {
        // Who waits for a turn gives up what was found, and finds it again.
        bool isFound = message.Mode == ForwardMode.Message || Salvaging.CurrentCount > 0;
        if (!isFound)
            salvage.Forget();
        await Salvaging.WaitAsync(cancellationToken);
        try
        {
            if (!isFound)
                salvage.TryReadMessage(bytes.Span[..message.Length]);
            using var scratch = await memory.RentAsync(limits.MaxEventBytes, 0, cancellationToken);
            return await AppendSalvagedAsync(message, bytes, salvage, bytes, scratch.Memory, cancellationToken);
        }
        finally
        {
            Salvaging.Release();
        }
    }

    /// <summary>A damaged message that came compressed is unpacked as a whole, up to what a message that did not may have.</summary>
    private async ValueTask<int> StoreDamagedAsync(
        ForwardMessage message, ReadOnlyMemory<byte> bytes, Refusal refusal, CancellationToken cancellationToken)
    {
        await Salvaging.WaitAsync(cancellationToken);
        try
        {
            int most = limits.MaxMessageBytes + Unpacker.MinDestinationBytes;
            using var buffer = await memory.RentAsync(most + limits.MaxEventBytes, Unpacker.LibraryBytes(message.Compression), cancellationToken);
            var unpacked = buffer.Memory[..Unpack(message, bytes, buffer.GetSpan()[..most])];
            var salvage = new MessageSalvage(limits);
            if (!salvage.TryReadEvents(unpacked.Span))
                throw new ForwardRefusedException(refusal, message.Events.Start);
            message.FirstSecond = salvage.FirstSecond;
            return await AppendSalvagedAsync(message, bytes, salvage, unpacked, buffer.Memory[most..], cancellationToken);
        }
        finally
        {
            Salvaging.Release();
        }
    }

    /// <summary>The event of a Message is too large with the metadata of its options.</summary>
    private async ValueTask<int> StoreLargeAsync(ForwardMessage message, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await Salvaging.WaitAsync(cancellationToken);
        try
        {
            int most = message.Events.Length + message.Metadata.Length + 1;
            using var buffer = await memory.RentAsync(most + limits.MaxEventBytes, 0, cancellationToken);
            var salvage = new MessageSalvage(limits);
            salvage.TakeEvent(new Extent(0, Reassemble(message, bytes.Span, buffer.GetSpan())), message.FirstSecond);
            return await AppendSalvagedAsync(message, bytes, salvage, buffer.Memory[..most], buffer.Memory[most..], cancellationToken);
        }
        finally
        {
            Salvaging.Release();
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="salvage">What can be taken.</param>
    /// <param name="source">The bytes that it stands in.</param>
    /// <param name="scratch">Room for the largest event.</param>
    /// <param name="cancellationToken">Ends the waiting for room.</param>
    private async ValueTask<int> AppendSalvagedAsync(
        ForwardMessage message, ReadOnlyMemory<byte> bytes, MessageSalvage salvage, ReadOnlyMemory<byte> source, Memory<byte> scratch, CancellationToken cancellationToken)
    {
        int failures = queue.Failures;
        int ordinal = 0;
        int whole = 0;
        scratch = scratch[..limits.MaxEventBytes];
        foreach (var part in salvage.Parts.Where(part => part.Count > 0))
        {
            var events = source.Slice(part.Start, part.Length);
            if (part.Kind == SalvagedKind.TooLarge)
            {
                whole += queue.TryKeepLarge(EventCutter.HashOf(events.Span), [events]) ? 1 : 0;
                events = scratch[..EventCutter.Cut(events.Span, scratch.Span)];
            }

            var entry = NewEntryOf(message, bytes, events, part.Count, ordinal, Compression.None) with
            {
                Tag = part.Tag is { } tag ? Slice(source, tag) : Slice(bytes, message.Tag),
            };
            LastAddress = await queue.AppendAsync(entry, cancellationToken);
            ordinal += part.Count;
        }

        if (salvage.Unreadable.Count > 0)
        {
            var unreadable = JoinUnreadable(salvage.Unreadable.Select(part => source.Slice(part.Start, part.Length)), scratch);
            LastAddress = await queue.AppendAsync(
                NewEntryOf(message, bytes, unreadable, salvage.Unreadable.Count, ordinal, Compression.None), cancellationToken);
            ordinal += salvage.Unreadable.Count;
        }

        RequireWhole(failures);
        _damage = new MessageDamage(salvage.Parts.Count(part => part.Kind == SalvagedKind.TooLarge), whole, salvage.Unreadable.Count);
        return ordinal;
    }

    /// <summary>
    /// An entry that begins with the byte that begins no value, so that nobody takes what follows for events. What is more than an entry can
    /// hold is in the quarantine only.
    /// </summary>
    private ReadOnlyMemory<byte> JoinUnreadable(IEnumerable<ReadOnlyMemory<byte>> parts, Memory<byte> target)
    {
        target.Span[0] = MessagePackFormat.NeverUsed;
        int at = 1;
        foreach (var part in parts)
        {
            int length = Math.Min(part.Length, target.Length - at);
            part[..length].CopyTo(target[at..]);
            at += length;
            if (length == part.Length)
                continue;
            queue.TryKeepLarge(EventCutter.HashOf(parts), parts);
            break;
        }

        return target[..at];
    }

    /// <returns>How many bytes it is.</returns>
    private int Unpack(in ForwardMessage message, ReadOnlyMemory<byte> bytes, Span<byte> target)
    {
        try
        {
            using var unpacker = Unpacker.Open(Slice(bytes, message.Events), message.Compression);
            for (int filled = 0; ;)
            {
                int read = unpacker.Read(target[filled..]);
                if (read == 0)
                    return filled;
                filled += read;
                if (filled > limits.MaxMessageBytes)
                    throw new ForwardRefusedException(Refusal.UnpackedTooLarge, 0);
            }
        }
        catch (InvalidDataException)
        {
            throw new ForwardRefusedException(Refusal.BrokenCompression, message.Events.Start);
        }
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
            ChunkIdMayRepeat = message.ChunkIdMayRepeat,
        };

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> bytes, Extent extent) => bytes.Slice(extent.Start, extent.Length);
}
