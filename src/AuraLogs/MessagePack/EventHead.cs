namespace AuraLogs.MessagePack;

/// <summary>What stands before the record of an event: <c>[time, record]</c> or <c>[[time, {metadata}], record]</c>.</summary>
/// <param name="Time">The event time.</param>
/// <param name="MetadataStart">Where the metadata begins in what the reader reads; -1 when there is none.</param>
/// <param name="Marker">Whether it is a marker and no event.</param>
internal readonly record struct EventHead(EventTimestamp Time, int MetadataStart, GroupMarker Marker)
{
    /// <summary>Reads up to the record, which is next.</summary>
    public static EventHead Read(ref MessagePackReader reader)
    {
        if (reader.TryReadArray() != 2)
            throw new NotAnEventException("the sender sent a value that is not an event");
        var inner = reader.TryReadArray();
        if (inner < 0)
        {
            var itself = GroupMarkers.Of(reader.Rest);
            return new EventHead(EventTimestamp.Read(ref reader), -1, itself);
        }

        if (inner == 0)
            throw new MessagePackException("an event has a time");
        reader.Peek();
        var marker = GroupMarkers.Of(reader.Rest);
        var time = EventTimestamp.Read(ref reader);
        var metadata = inner > 1 ? reader.Position : -1;
        for (var i = 1; i < inner; i++)
            reader.Skip();
        return new EventHead(time, metadata, marker);
    }
}
