using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Salvage;
using AuraLogs.Forward.Storing;
using AuraLogs.MessagePack;
using AuraLogs.Unpacking;
using static AuraLogs.MessagePack.MessagePackFormat;

namespace AuraLogs.Forward.Decoding;

/// <summary>
/// Decodes messages of the forward protocol. It has no input of its own: given the bytes so far, it goes on where it stopped.
/// <code>
/// Message                  [tag, time, record, options?]
/// Forward                  [tag, [[time, record], ...], options?]
/// PackedForward            [tag, bin|str of events one after the other, options?]
/// CompressedPackedForward  the same with the bytes compressed; their first bytes say how, whatever the option says
/// heartbeat                nil
/// </code>
/// The structure of everything is checked, and nothing that is passed is looked at again. What Forward and PackedForward
/// carry is already what the queue stores. Compressed events are not unpacked here: <see cref="CompressedEvents"/> does it.
/// A message with some events that are not as they should be is looked at once more, for those that are (<see cref="MessageSalvage"/>).
/// Sources: <see href="https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1"/> and v1.5; the signals are
/// Fluent Bit's (<c>fluent_signal</c>), and the payload of other signals than logs is not looked into.
/// </summary>
internal sealed class ForwardDecoder(ForwardLimits limits)
{
    private readonly EventScanner _events = new(limits.MaxNesting, limits.MaxMessageBytes, limits.PartBytes, limits.MaxEventBytes);
    private MessagePackScanner _scanner = new(limits.MaxNesting, limits.MaxMessageBytes);
    private ForwardMessage _message;
    private Step _step;
    private int _position;
    private int _elements;
    private int _eventCount;
    private int _optionsStart;
    private bool _unknownCompression;
    private Refusal _payloadRefusal;
    private MessageSalvage? _salvage;
    private MessagePackScanner _anyValue;

    private enum Step
    {
        Message,
        Tag,
        Content,
        MessageEvent,
        ForwardEvents,
        ForwardRest,
        PayloadStart,
        PayloadEvents,
        PayloadRest,
        Options,
    }

    /// <summary>The message, after <see cref="DecodeStatus.Message"/>.</summary>
    public ref ForwardMessage Message => ref _message;

    /// <summary>The parts of its events, each small enough for an entry of the queue; none while they are compressed.</summary>
    public ReadOnlySpan<EventPart> Parts => _events.Parts;

    /// <summary>What can be taken of a message that is damaged, in bytes from its first; null for one that is not.</summary>
    public MessageSalvage? Salvage { get; private set; }

    /// <summary>Why, after <see cref="DecodeStatus.Refused"/>.</summary>
    public Refusal Refusal { get; private set; }

    /// <summary>How far the current message has been decoded, in bytes.</summary>
    public int Position => _position;

    /// <summary>Whether nothing of a next message has been seen.</summary>
    public bool BetweenMessages => _step == Step.Message && _position == 0;

    /// <summary>Begins with the next message.</summary>
    public void Begin()
    {
        _message = default;
        _step = Step.Message;
        _position = 0;
        _unknownCompression = false;
        _payloadRefusal = Refusal.None;
        Salvage?.Forget();
        Salvage = null;
    }

    /// <summary>Goes on with a message.</summary>
    /// <param name="data">Everything from the message's first byte on that has arrived; it may go beyond its end.</param>
    public DecodeStatus Decode(ReadOnlySpan<byte> data)
    {
        while (true)
        {
            var status = _step switch
            {
                Step.Message => PassHeader(data),
                Step.Tag => PassTag(data),
                Step.Content => EnterContent(data),
                Step.MessageEvent => PassEvents(data, 1),
                Step.ForwardEvents => PassEvents(data, _eventCount),
                Step.ForwardRest => PassForwardRest(data),
                Step.PayloadStart => EnterPayload(data),
                Step.PayloadEvents => PassPayloadEvents(data),
                Step.PayloadRest => PassPayloadRest(data),
                _ => PassOptions(data),
            };
            if (status is { } ended)
                return ended == DecodeStatus.NeedMore && data.Length >= limits.MaxMessageBytes ? Refuse(Refusal.MessageTooLarge) : ended;
        }
    }

    private DecodeStatus? PassHeader(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return DecodeStatus.NeedMore;
        if (data[0] == Nil)
        {
            _message.Length = 1;
            return DecodeStatus.Heartbeat;
        }

        if (!IsArray(data[0]))
            return Refuse(data[0] == NeverUsed ? Refusal.Malformed : Refusal.NotAMessage);
        if (MessagePackHeader.TryReadCount(data, ref _position, out long count) == ScanStatus.NeedMore)
            return DecodeStatus.NeedMore;
        if (count is < 2 or > 4)
            return Refuse(Refusal.NotAMessage);
        _elements = (int)count;
        _step = Step.Tag;
        return null;
    }

    private DecodeStatus? PassTag(ReadOnlySpan<byte> data)
    {
        var status = TryReadText(data, ref _position, limits.MaxTagBytes, out _message.Tag);
        if (status != ScanStatus.Done)
            return Stop(status, status == ScanStatus.TooLarge ? Refusal.TagTooLong : Refusal.NotAMessage);
        _step = Step.Content;
        return null;
    }

    /// <summary>The second element tells the mode.</summary>
    private DecodeStatus? EnterContent(ReadOnlySpan<byte> data)
    {
        if (_position >= data.Length)
            return DecodeStatus.NeedMore;
        byte code = data[_position];
        if (IsArray(code))
            return EnterForward(data);
        if (IsText(code))
            return EnterPacked(data);
        if (_elements < 3)
            return Refuse(Refusal.NotAMessage);
        _message.Mode = ForwardMode.Message;
        _message.Events = new Extent(_position - 1, 0);
        _events.BeginInsideMessage(_position);
        _step = Step.MessageEvent;
        return null;
    }

    private DecodeStatus? EnterForward(ReadOnlySpan<byte> data)
    {
        if (_elements > 3)
            return Refuse(Refusal.NotAMessage);
        if (MessagePackHeader.TryReadCount(data, ref _position, out long count) == ScanStatus.NeedMore)
            return DecodeStatus.NeedMore;
        if (count > limits.MaxMessageBytes - _position)
            return Refuse(Refusal.MessageTooLarge);
        _message.Mode = ForwardMode.Forward;
        _eventCount = (int)count;
        _events.Begin(_position);
        _message.Events = new Extent(_position, 0);
        _step = Step.ForwardEvents;
        return null;
    }

    private DecodeStatus? PassEvents(ReadOnlySpan<byte> data, int count)
    {
        var status = _events.Advance(data, ref _position, count);
        if (status == ScanStatus.NeedMore)
            return DecodeStatus.NeedMore;
        if (status != ScanStatus.Done)
        {
            _payloadRefusal = _events.Refusal;
            if (_payloadRefusal is not (Refusal.NotAnEvent or Refusal.EventTooLarge or Refusal.TooDeep)
                || _message.Mode == ForwardMode.Message && _payloadRefusal != Refusal.EventTooLarge)
                return Refuse(_payloadRefusal);
            if (_message.Mode == ForwardMode.Forward)
            {
                // Its end is found without the events.
                _anyValue = new MessagePackScanner(MessageSalvage.MaxNesting, limits.MaxMessageBytes);
                _position = _message.Events.Start;
                _step = Step.ForwardRest;
                return null;
            }
        }

        _events.Finish(_position);
        return EndEvents(data);
    }

    private DecodeStatus? PassForwardRest(ReadOnlySpan<byte> data)
    {
        for (; _eventCount > 0; _eventCount--)
        {
            var status = _anyValue.Skip(data, ref _position);
            if (status != ScanStatus.Done)
                return Stop(status, status == ScanStatus.TooLarge ? Refusal.MessageTooLarge : _payloadRefusal);
        }

        return EndEvents(data);
    }

    private DecodeStatus? EndEvents(ReadOnlySpan<byte> data)
    {
        int start = _message.Events.Start;
        _message.Events = new Extent(start, _position - start);
        return EndContent(data, _message.Mode == ForwardMode.Message ? 3 : 2);
    }

    private DecodeStatus? EnterPacked(ReadOnlySpan<byte> data)
    {
        if (_elements > 3)
            return Refuse(Refusal.NotAMessage);
        int header = _position;
        if (MessagePackHeader.TryReadTextLength(data, ref header, out long length) == ScanStatus.NeedMore)
            return DecodeStatus.NeedMore;
        if (length > limits.MaxMessageBytes - header)
            return Refuse(Refusal.MessageTooLarge);
        _position = header;
        _message.Mode = ForwardMode.PackedForward;
        _message.Events = new Extent(header, (int)length);
        _step = Step.PayloadStart;
        return null;
    }

    private DecodeStatus? EnterPayload(ReadOnlySpan<byte> data)
    {
        var arrived = Payload(data)[_message.Events.Start..];
        if (arrived.Length < Math.Min(CompressionFormat.MagicBytes, _message.Events.Length))
            return DecodeStatus.NeedMore;
        _message.Compression = CompressionFormat.Detect(arrived);
        _events.Begin(_position);
        if (_message.Compression == Compression.None)
        {
            _step = Step.PayloadEvents;
        }
        else
        {
            _message.Mode = ForwardMode.CompressedPackedForward;
            _step = Step.PayloadRest;
        }

        return null;
    }

    /// <summary>Whether what is not an event matters is known with the options only: other signals follow them.</summary>
    private DecodeStatus? PassPayloadEvents(ReadOnlySpan<byte> data)
    {
        var payload = Payload(data);
        bool whole = payload.Length == _message.Events.End;
        if (whole && _position == payload.Length)
        {
            _events.Finish(_position);
            return EndContent(data, 2);
        }

        var status = _events.Advance(payload, ref _position, int.MaxValue);
        if (_position == _message.Events.End && _events.AtBoundary)
            return null;
        if (status == ScanStatus.NeedMore && !whole)
            return DecodeStatus.NeedMore;
        _payloadRefusal = status == ScanStatus.NeedMore ? Refusal.NotAnEvent : _events.Refusal;
        _step = Step.PayloadRest;
        return null;
    }

    private DecodeStatus? PassPayloadRest(ReadOnlySpan<byte> data)
    {
        if (data.Length < _message.Events.End)
            return DecodeStatus.NeedMore;
        _position = _message.Events.End;
        return EndContent(data, 2);
    }

    private DecodeStatus? EndContent(ReadOnlySpan<byte> data, int elements)
    {
        if (_elements == elements)
            return EndMessage(data);
        _optionsStart = _position;
        _step = Step.Options;
        return null;
    }

    private DecodeStatus? PassOptions(ReadOnlySpan<byte> data)
    {
        var status = _scanner.Skip(data, ref _position);
        if (status != ScanStatus.Done)
            return Stop(status, status switch
            {
                ScanStatus.TooDeep => Refusal.TooDeep,
                ScanStatus.TooLarge => Refusal.MessageTooLarge,
                _ => Refusal.Malformed,
            });
        var refusal = ReadOptions(data[.._position]);
        return refusal == Refusal.None ? EndMessage(data) : Refuse(refusal);
    }

    private DecodeStatus EndMessage(ReadOnlySpan<byte> data)
    {
        if (_message.Signal == 0)
        {
            if (_payloadRefusal != Refusal.None && !TrySalvage(data[.._position]))
                return Refuse(_unknownCompression ? Refusal.UnsupportedCompression : _payloadRefusal);
            if (_payloadRefusal == Refusal.None && _message.Compression == Compression.None)
            {
                _message.EventCount = _events.Count;
                _message.FirstSecond = _events.FirstSecond;
                _message.Fraction = _events.Fraction;
            }
        }

        if (_position > limits.MaxMessageBytes)
            return Refuse(Refusal.MessageTooLarge);
        _message.Length = _position;
        return DecodeStatus.Message;
    }

    /// <summary>The event of a Message is too large; it has no header of its own yet.</summary>
    private bool TrySalvage(ReadOnlySpan<byte> message)
    {
        if (_unknownCompression)
            return false;
        _salvage ??= new MessageSalvage(limits);
        if (_message.Mode == ForwardMode.Message)
            _salvage.TakeEvent(_message.Events, _events.FirstSecond);
        else if (!_salvage.TryReadMessage(message))
            return false;
        _message.EventCount = _salvage.Count;
        _message.FirstSecond = _salvage.FirstSecond;
        Salvage = _salvage;
        return true;
    }

    /// <summary>The options, whole and passed before: a map, or nil; or a message, which has them.</summary>
    private Refusal ReadOptions(ReadOnlySpan<byte> data)
    {
        int at = _optionsStart;
        while (IsArray(data[at]))
        {
            if (_message.Mode == ForwardMode.Message)
                return Refusal.BadOption;
            _payloadRefusal = Refusal.BadOption;
            MessagePackHeader.TryReadCount(data, ref at, out long elements);
            if (elements < 2 || !IsText(data[at]))
                return Refusal.BadOption;
            _scanner.Skip(data, ref at);
            _scanner.Skip(data, ref at);
            if (elements == 2)
                return Refusal.None;
        }

        if (data[at] == Nil)
            return Refusal.None;
        if (!IsMap(data[at]))
            return Refusal.BadOption;
        MessagePackHeader.TryReadCount(data, ref at, out long pairs);
        for (; pairs > 0; pairs--)
        {
            var key = ReadOnlySpan<byte>.Empty;
            if (IsText(data[at]))
            {
                TryReadText(data, ref at, int.MaxValue, out var extent);
                key = data.Slice(extent.Start, extent.Length);
            }
            else
            {
                _scanner.Skip(data, ref at);
            }

            int value = at;
            _scanner.Skip(data, ref at);
            var refusal = ReadOption(data[..at], key, value);
            if (refusal != Refusal.None)
                return refusal;
        }

        return Refusal.None;
    }

    /// <summary>One option; those that are not known, as <c>size</c>, which says nothing new, are passed over.</summary>
    private Refusal ReadOption(ReadOnlySpan<byte> data, ReadOnlySpan<byte> key, int value)
    {
        byte code = data[value];
        if (code == Nil)
            return Refusal.None;
        if (key.SequenceEqual("chunk"u8))
        {
            if (!IsText(code))
                return Refusal.BadOption;
            return TryReadText(data, ref value, limits.MaxChunkIdBytes, out _message.ChunkId) == ScanStatus.Done
                ? Refusal.None
                : Refusal.ChunkIdTooLong;
        }

        if (key.SequenceEqual("compressed"u8))
        {
            if (!IsText(code))
                return Refusal.BadOption;
            TryReadText(data, ref value, int.MaxValue, out var name);
            _unknownCompression = !CompressionFormat.IsKnownName(data.Slice(name.Start, name.Length));
        }
        else if (key.SequenceEqual("fluent_signal"u8))
        {
            if (EventTime.TryRead(data, ref value, out uint signal) != ScanStatus.Done || code is Float32 or Float64 or FixExt8 or Ext8)
                return Refusal.BadOption;
            _message.NamesSignal = true;
            _message.Signal = (int)Math.Min(signal, int.MaxValue);
        }
        else if (key.SequenceEqual("metadata"u8) && IsMap(code))
        {
            int first = value;
            MessagePackHeader.TryReadCount(data, ref first, out long pairs);
            if (pairs > 0)
                _message.Metadata = new Extent(value, data.Length - value);
        }

        return Refusal.None;
    }

    /// <summary>The bytes up to the payload's end at most.</summary>
    private ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> data) => data[..Math.Min(data.Length, _message.Events.End)];

    private DecodeStatus Stop(ScanStatus status, Refusal refusal) =>
        status == ScanStatus.NeedMore ? DecodeStatus.NeedMore : Refuse(refusal);

    private DecodeStatus Refuse(Refusal refusal)
    {
        Refusal = refusal;
        return DecodeStatus.Refused;
    }

    /// <summary>Passes a whole string or binary.</summary>
    private static ScanStatus TryReadText(ReadOnlySpan<byte> data, ref int position, int maxBytes, out Extent text)
    {
        text = default;
        int at = position;
        var status = MessagePackHeader.TryReadTextLength(data, ref at, out long length);
        if (status != ScanStatus.Done)
            return status;
        if (length > maxBytes)
            return ScanStatus.TooLarge;
        if (length > data.Length - at)
            return ScanStatus.NeedMore;
        text = new Extent(at, (int)length);
        position = text.End;
        return ScanStatus.Done;
    }
}
