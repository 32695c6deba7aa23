namespace AuraLogs.MessagePack;

/// <summary>What stands before the record of an event: <c>[time, record]</c> or <c>[[time, {metadata}], record]</c>.</summary>
/// <param name="Time">The event time.</param>
/// <param name="MetadataStart">Where the metadata begins in what the reader reads; -1 when there is none.</param>
internal readonly record struct EventHead(EventTimestamp Time, int MetadataStart)
{
    /// <summary>Reads up to the record, which is next.</summary>
    public static EventHead Read(ref MessagePackReader reader)
    {
        if (reader.TryReadArray() != 2)
            throw new NotAnEventException("the sender sent a value that is not an event");
        var inner = reader.TryReadArray();
        if (inner < 0)
            return new EventHead(EventTimestamp.Read(ref reader), -1);
        if (inner == 0)
            throw new MessagePackException("an event has a time");
        var time = EventTimestamp.Read(ref reader);
        var metadata = inner > 1 ? reader.Position : -1;
        for (var i = 1; i < inner; i++)
            reader.Skip();
        return new EventHead(time, metadata);
    }
}
