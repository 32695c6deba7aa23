namespace AuraLogs.MessagePack;

/// <summary>
/// What an event is when it is none: Fluent Bit puts the OpenTelemetry records of one resource and scope between two events, of which the
/// first has them and no time.
/// </summary>
internal enum GroupMarker
{
    /// <summary>An event.</summary>
    None,

    /// <summary>A group begins: EventTime with the seconds -1.</summary>
    Begin,

    /// <summary>It ends: EventTime with the seconds -2.</summary>
    End,
}
