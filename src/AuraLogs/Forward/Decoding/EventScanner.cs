using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AuraLogs.Forward.Refusing;
using AuraLogs.MessagePack;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.Forward.Decoding;

/// <summary>
/// Passes over events that follow each other, <c>[time, record]</c> or <c>[[time, {metadata}], record]</c>, checks them,
/// counts them, and cuts them into parts that fit into an entry of the queue. It goes on where it stopped when more bytes come.
/// Markers of groups (<see cref="GroupMarker"/>) are passed and not counted; a part that begins within a group takes its marker along.
/// </summary>
/// <param name="maxNesting">How deep a record or its metadata may be nested.</param>
/// <param name="maxBytes">The most bytes of the whole.</param>
/// <param name="partBytes">The most bytes of a part of several events.</param>
/// <param name="maxEventBytes">The most bytes of an event; one that is larger than a part is a part by itself.</param>
internal sealed class EventScanner(int maxNesting, int maxBytes, int partBytes, int maxEventBytes)
{
    private readonly List<EventPart> _parts = [];
    private MessagePackScanner _scanner = new(maxNesting, maxBytes);
    private Step _step;
    private long _eventStart;
    private long _partStart;
    private int _partCount;
    private uint _fraction;
    private int _passed;
    private GroupMarker _marker;
    private (long Start, int Length) _group;
    private (long Start, int Length) _partGroup;

    /// <summary>A marker that is longer is left where it is: the parts behind the first are without it.</summary>
    private const int MaxGroupBytes = 64 << 10;

    private enum Step
    {
        Event,
        Time,
        TimeBeforeMetadata,
        Metadata,
        InMetadata,
        Record,
        InRecord,
    }

    /// <summary>The events passed so far.</summary>
    public int Count { get; private set; }

    /// <summary>The Unix second of the first event.</summary>
    public uint FirstSecond { get; private set; }

    /// <summary>The bits of what the times of all events have beyond the second: 0 when all are whole seconds, the nanoseconds of a single event.</summary>
    public uint Fraction => _fraction;

    /// <summary>Why <see cref="Advance"/> said <see cref="ScanStatus.Malformed"/>.</summary>
    public Refusal Refusal { get; private set; }

    /// <summary>The parts; complete after <see cref="Finish"/>.</summary>
    public ReadOnlySpan<EventPart> Parts => CollectionsMarshal.AsSpan(_parts);

    /// <summary>Begins with events that start at <paramref name="position"/>.</summary>
    public void Begin(long position)
    {
        _scanner.Reset();
        _parts.Clear();
        _step = Step.Event;
        _partStart = position;
        _partCount = 0;
        _passed = 0;
        _group = _partGroup = default;
        Count = 0;
        FirstSecond = 0;
        _fraction = 0;
        Refusal = Refusal.None;
    }

    /// <summary>
    /// Begins with the one event of a Message, whose time and record stand in the message's own array: the byte before
    /// the time counts as the event's first.
    /// </summary>
    public void BeginInsideMessage(long timePosition)
    {
        Begin(timePosition - 1);
        _eventStart = timePosition - 1;
        _step = Step.Time;
    }

    /// <summary>Passes events until there are <paramref name="maxCount"/> or the bytes end.</summary>
    /// <param name="data">The bytes at hand.</param>
    /// <param name="position">Where to go on in them; moves behind what was passed.</param>
    /// <param name="maxCount">How many events there are, the markers among them.</param>
    /// <param name="origin">What to add to a position for <see cref="EventPart.Start"/>.</param>
    /// <returns>
    /// <see cref="ScanStatus.Done"/>, <see cref="ScanStatus.NeedMore"/>, or <see cref="ScanStatus.Malformed"/> with <see cref="Refusal"/>.
    /// </returns>
    public ScanStatus Advance(ReadOnlySpan<byte> data, ref int position, int maxCount, long origin = 0)
    {
        while (_passed < maxCount)
        {
            var status = AdvanceStep(data, ref position, origin);
            if (status == ScanStatus.NeedMore)
                return status;
            if (status == ScanStatus.Done)
                continue;
            return Refusal == Refusal.None ? Refuse(ToRefusal(status)) : ScanStatus.Malformed;
        }

        return ScanStatus.Done;
    }

    /// <summary>Whether the bytes passed so far end with a whole event.</summary>
    public bool AtBoundary => _step == Step.Event;

    /// <summary>Closes the last part.</summary>
    public void Finish(long end)
    {
        if (_partCount > 0)
            _parts.Add(new EventPart(_partStart, (int)(end - _partStart), _partCount, _partGroup.Start, _partGroup.Length));
        _partCount = 0;
    }

    private static Refusal ToRefusal(ScanStatus status) => status switch
    {
        ScanStatus.TooDeep => Refusal.TooDeep,
        ScanStatus.TooLarge => Refusal.MessageTooLarge,
        _ => Refusal.Malformed,
    };

    private ScanStatus AdvanceStep(ReadOnlySpan<byte> data, ref int position, long origin)
    {
        ScanStatus status;
        switch (_step)
        {
            case Step.Event:
                int start = position;
                status = PassPairHeader(data, ref position);
                if (status == ScanStatus.Done)
                {
                    _eventStart = origin + start;
                    _step = Step.Time;
                }

                return status;

            case Step.Time:
                if (position < data.Length && IsArray(data[position]))
                {
                    status = PassPairHeader(data, ref position);
                    if (status == ScanStatus.Done)
                        _step = Step.TimeBeforeMetadata;
                    return status;
                }

                return PassTime(data, ref position, Step.Record);

            case Step.TimeBeforeMetadata:
                return PassTime(data, ref position, Step.Metadata);

            case Step.Metadata:
                return EnterMap(data, position, Step.InMetadata);

            case Step.InMetadata:
                status = _scanner.Skip(data, ref position);
                if (status == ScanStatus.Done)
                    _step = Step.Record;
                return status;

            case Step.Record:
                return EnterMap(data, position, Step.InRecord);

            default:
                status = _scanner.Skip(data, ref position);
                return status == ScanStatus.Done ? EndEvent(origin + position) : status;
        }
    }

    /// <summary>Passes the header of an array of two.</summary>
    private ScanStatus PassPairHeader(ReadOnlySpan<byte> data, ref int position)
    {
        var rest = data[position..];
        if (rest.IsEmpty)
            return ScanStatus.NeedMore;
        int size = rest[0] switch { FixArray | 2 => 1, Array16 => 3, Array32 => 5, _ => 0 };
        if (size == 0)
            return Refuse(Refusal.NotAnEvent);
        if (rest.Length < size)
            return ScanStatus.NeedMore;
        if (size == 3 && BinaryPrimitives.ReadUInt16BigEndian(rest[1..]) != 2
            || size == 5 && BinaryPrimitives.ReadUInt32BigEndian(rest[1..]) != 2)
            return Refuse(Refusal.NotAnEvent);
        position += size;
        return ScanStatus.Done;
    }

    private ScanStatus PassTime(ReadOnlySpan<byte> data, ref int position, Step next)
    {
        int start = position;
        var status = EventTime.TryRead(data, ref position, out uint second, ref _fraction);
        if (status == ScanStatus.NeedMore)
            return status;
        if (status != ScanStatus.Done)
            return Refuse(Refusal.NotAnEvent);
        _marker = second >= uint.MaxValue - 1 ? GroupMarkers.Of(data[start..position]) : GroupMarker.None;
        if (Count == 0 && _marker == GroupMarker.None)
            FirstSecond = second;
        _step = next;
        return status;
    }

    private ScanStatus EnterMap(ReadOnlySpan<byte> data, int position, Step next)
    {
        if (position >= data.Length)
            return ScanStatus.NeedMore;
        if (!IsMap(data[position]))
            return Refuse(Refusal.NotAnEvent);
        _step = next;
        return ScanStatus.Done;
    }

    private ScanStatus EndEvent(long end)
    {
        _passed++;
        _step = Step.Event;
        if (_marker != GroupMarker.None)
        {
            EndMarker(end);
            return ScanStatus.Done;
        }

        long eventBytes = end - _eventStart;
        if (end - _partStart + _partGroup.Length > partBytes && (_partCount > 0 || eventBytes > maxEventBytes || end - _partStart > maxEventBytes))
        {
            if (eventBytes > maxEventBytes)
                return Refuse(Refusal.EventTooLarge);

            bool mayTakeGroup = _partCount > 0 && _group.Length + eventBytes <= maxEventBytes;
            Finish(_eventStart);
            _partStart = _eventStart;
            _partGroup = mayTakeGroup ? _group : default;
        }

        _partCount++;
        Count++;
        return ScanStatus.Done;
    }

    private void EndMarker(long end)
    {
        long length = end - _eventStart;
        _group = _marker == GroupMarker.Begin && length <= MaxGroupBytes ? (_eventStart, (int)length) : default;
        if (end - _partStart + _partGroup.Length <= partBytes)
            return;
        Finish(_eventStart);
        _partStart = _eventStart;
        _partGroup = default;
    }

    private ScanStatus Refuse(Refusal refusal)
    {
        Refusal = refusal;
        return ScanStatus.Malformed;
    }
}
