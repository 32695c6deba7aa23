using AuraLogs.Queue.Format;
using FASTER.core;

namespace AuraLogs.Queue.Log;

/// <summary>An entry that FasterLog lets write itself into its page: the only copy that an append makes.</summary>
internal readonly struct EntryToAppend(EntryHeader header, NewEntry entry) : ILogEnqueueEntry
{
    public int SerializedLength => EntryHeader.Size - EntryHeader.LengthField + header.BodyLength;

    public void SerializeTo(Span<byte> dest)
    {
        header.Write(dest);
        var body = dest[(EntryHeader.Size - EntryHeader.LengthField)..];
        entry.Tag.Span.CopyTo(body);
        entry.ChunkId.Span.CopyTo(body[header.TagLength..]);
        entry.Events.Span.CopyTo(body[(header.TagLength + header.ChunkIdLength)..]);
    }
}
