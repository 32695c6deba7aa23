namespace AuraLogs.Forward.Salvage;

/// <summary>What a <see cref="SalvagedPart"/> holds.</summary>
internal enum SalvagedKind
{
    /// <summary>Events as they should be.</summary>
    Events,

    /// <summary>One event that is larger than an entry of the queue can be; it is cut.</summary>
    TooLarge,

    /// <summary>A value that is not an event; it becomes a dead letter.</summary>
    Unreadable,
}
