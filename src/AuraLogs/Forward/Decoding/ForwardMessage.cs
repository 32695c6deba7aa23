using AuraLogs.MessagePack;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward.Decoding;

/// <summary>
/// A decoded message: where its parts stand, in bytes from its first. It is valid until the decoder begins with the next one.
/// </summary>
internal struct ForwardMessage
{
    public ForwardMode Mode;

    /// <summary>Bytes of the whole message.</summary>
    public int Length;

    /// <summary>The tag, UTF-8.</summary>
    public Extent Tag;

    /// <summary>Empty when there is none: the sender expects no acknowledgement.</summary>
    public Extent ChunkId;

    /// <summary>All events, one after the other; compressed as <see cref="Compression"/> says.</summary>
    public Extent Events;

    /// <summary>The value of the option <c>metadata</c>, a map; empty without. Fluent Bit sends it with mode Message.</summary>
    public Extent Metadata;

    public Compression Compression;

    /// <summary>0 for logs; 1 metrics, 2 traces, 3 profiles, 4 blobs.</summary>
    public int Signal;

    /// <summary>Whether the sender named the signal, as Fluent Bit does since 2.0 and nobody else.</summary>
    public bool NamesSignal;

    /// <summary>Unknown (0) while the events are compressed.</summary>
    public int EventCount;

    /// <summary>The Unix second of the first event; unknown (0) while the events are compressed.</summary>
    public uint FirstSecond;

    /// <summary>What the times of the events have beyond the second (<see cref="EventScanner.Fraction"/>); unknown (0) while they are compressed.</summary>
    public uint Fraction;

    /// <summary>Whether another chunk may have the same name (<see cref="NewEntry.ChunkIdMayRepeat"/>); known once it is stored.</summary>
    public bool ChunkIdMayRepeat;

    /// <summary>
    /// Makes the time and record of a Message an event as the queue stores it, <c>[time, record]</c>, without moving them:
    /// the array's header goes where the tag's last byte is, and the tag one byte down, over its own header.
    /// </summary>
    public void ReframeEvent(Span<byte> message)
    {
        var tag = message.Slice(Tag.Start, Tag.Length);
        tag.CopyTo(message[(Tag.Start - 1)..]);
        Tag = Tag with { Start = Tag.Start - 1 };
        message[Events.Start] = MessagePackFormat.FixArray | 2;
    }
}
