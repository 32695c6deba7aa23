using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.MessagePack;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.Forward.Salvage;

/// <summary>
/// Finds what can be taken of a message whose events are not all as they should be, so that one of them does not make the sender repeat
/// all of them for ever. Where an event should be there can be:
/// <code>
/// [time, record]                     an event, also one that is too large for an entry of the queue
/// [tag, [events], options?]          a batch in a batch, as Fluent Bit sends by mistake (its issue 12200)
/// [events]                           the same without a tag
/// anything else                      unreadable: set aside as it is
/// </code>
/// and where the options should be, another message (Fluent Bit's issue 8418). What is no MessagePack ends the reading; the rest is
/// unreadable. The order is that of the bytes, and depends on nothing else, so that a resend gives the same events the same places.
/// </summary>
internal sealed class MessageSalvage(ForwardLimits limits)
{
    /// <summary>Deeper than any record that is taken, so that one that is too deep can be passed and set aside.</summary>
    public const int MaxNesting = 1024;

    /// <summary>How deep batches may lie in each other.</summary>
    private const int MaxBatches = 16;

    /// <summary>
    /// How many runs are told apart. Who sends more is no sender that made a mistake: what follows is set aside unread, or the list of the runs
    /// would take many times what the message does.
    /// </summary>
    private const int MaxRuns = 10_000;

    private readonly EventScanner _events = new(limits.MaxNesting, int.MaxValue, partBytes: 0, limits.MaxEventBytes);
    private readonly List<SalvagedPart> _parts = [];
    private readonly List<SalvagedPart> _unreadable = [];
    private MessagePackScanner _scanner = new(MaxNesting, int.MaxValue);

    /// <summary>Events in their order, those that are too large by themselves.</summary>
    public IReadOnlyList<SalvagedPart> Parts => _parts;

    /// <summary>The runs of values that are not events.</summary>
    public IReadOnlyList<SalvagedPart> Unreadable => _unreadable;

    /// <summary>The events in <see cref="Parts"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The Unix second of the first event.</summary>
    public uint FirstSecond { get; private set; }

    /// <summary>Reads a whole message.</summary>
    /// <returns>Whether there is an event in it. What holds none is something else than a damaged message.</returns>
    public bool TryReadMessage(ReadOnlySpan<byte> message)
    {
        Begin();
        ReadBatch(message, 0, tag: null, depth: 0);
        return Count > 0;
    }

    /// <summary>Reads events that follow each other.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryReadEvents(ReadOnlySpan<byte> events)
    {
        Begin();
        ReadSequence(events, 0, tag: null, depth: 0);
        return Count > 0;
    }

    /// <summary>Takes the one event of a Message, which is too large.</summary>
    public void TakeEvent(Extent extent, uint second)
    {
        Begin();
        _parts.Add(new SalvagedPart(SalvagedKind.TooLarge, null, extent.Start, extent.Length, 1));
        Count = 1;
        FirstSecond = second;
    }

    /// <summary>Gives up what was found, which may take a megabyte; reading the message again finds the same.</summary>
    public void Forget()
    {
        Begin();
        _parts.TrimExcess();
        _unreadable.TrimExcess();
    }

    private void Begin()
    {
        _parts.Clear();
        _unreadable.Clear();
        Count = 0;
        FirstSecond = 0;
    }

    private void ReadSequence(ReadOnlySpan<byte> data, int at, Extent? tag, int depth)
    {
        while (at < data.Length)
        {
            int start = at;
            if (_parts.Count + _unreadable.Count >= MaxRuns)
            {
                AddUnreadable(start, data.Length, tag);
                return;
            }

            if (TryReadEvent(data, ref at, tag))
                continue;
            _scanner.Reset();
            if (_scanner.Skip(data, ref at) != ScanStatus.Done)
            {
                AddUnreadable(start, data.Length, tag);
                return;
            }

            // A batch without an event is one unreadable value, and not one for each of its elements.
            int before = Count;
            var (values, last) = (_unreadable.Count, _unreadable.LastOrDefault());
            ReadBatch(data[..at], start, tag, depth);
            if (Count > before)
                continue;
            _unreadable.RemoveRange(values, _unreadable.Count - values);
            if (values > 0)
                _unreadable[^1] = last;
            AddUnreadable(start, at, tag);
        }
    }

    private bool TryReadEvent(ReadOnlySpan<byte> data, ref int at, Extent? tag)
    {
        int end = at;
        _events.Begin(at);
        var status = _events.Advance(data, ref end, 1);
        if (status != ScanStatus.Done && _events.Refusal != Refusal.EventTooLarge)
            return false;
        // The marker of a group goes with the events behind it.
        int count = status == ScanStatus.Done ? _events.Count : 1;
        if (Count == 0 && count > 0)
            FirstSecond = _events.FirstSecond;
        Count += count;
        Add(new SalvagedPart(status == ScanStatus.Done ? SalvagedKind.Events : SalvagedKind.TooLarge, tag, at, end - at, count));
        at = end;
        return true;
    }

    /// <summary>Reads an array that is no event: a message, or events.</summary>
    /// <param name="data">Ends with the array, which is whole.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="tag">The tag of what it stands in.</param>
    /// <param name="depth">In how many batches it stands.</param>
    private void ReadBatch(ReadOnlySpan<byte> data, int at, Extent? tag, int depth)
    {
        if (depth == MaxBatches || !IsArray(data[at]))
            return;
        MessagePackHeader.TryReadCount(data, ref at, out long count);
        if (count == 0)
            return;
        if (!IsText(data[at]))
        {
            ReadSequence(data, at, tag, depth + 1);
            return;
        }

        // 1. The tag: of the message itself when this is all of it.
        MessagePackHeader.TryReadTextLength(data, ref at, out long tagLength);
        tag = depth == 0 && tag is null || tagLength > limits.MaxTagBytes ? tag : new Extent(at, (int)tagLength);
        at += (int)tagLength;
        if (count == 1)
            return;

        // 2. The events, as an array or packed.
        int end = Skip(data, at);
        if (IsArray(data[at]))
        {
            MessagePackHeader.TryReadCount(data, ref at, out _);
            ReadSequence(data[..end], at, tag, depth + 1);
        }
        else if (IsText(data[at]))
        {
            MessagePackHeader.TryReadTextLength(data, ref at, out _);
            ReadSequence(data[..end], at, tag, depth + 1);
        }

        // 3. Another message in the place of the options.
        if (count > 2 && IsArray(data[end]))
            ReadBatch(data[..Skip(data, end)], end, tag, depth + 1);
    }

    private int Skip(ReadOnlySpan<byte> data, int at)
    {
        _scanner.Reset();
        _scanner.Skip(data, ref at);
        return at;
    }

    private void Add(SalvagedPart part)
    {
        if (part.Kind == SalvagedKind.Events && _parts.Count > 0 && _parts[^1] is { Kind: SalvagedKind.Events } last
            && last.End == part.Start && last.Tag == part.Tag && last.Length + part.Length <= limits.PartBytes)
            _parts[^1] = last with { Length = last.Length + part.Length, Count = last.Count + part.Count };
        else
            _parts.Add(part);
    }

    /// <summary>Values that follow each other are one, however many they are.</summary>
    private void AddUnreadable(int start, int end, Extent? tag)
    {
        if (_unreadable.Count > 0 && _unreadable[^1] is var last && last.End == start && last.Tag == tag)
            _unreadable[^1] = last with { Length = end - last.Start };
        else
            _unreadable.Add(new SalvagedPart(SalvagedKind.Unreadable, tag, start, end - start, 1));
    }
}
