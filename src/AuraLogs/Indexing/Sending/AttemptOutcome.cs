namespace AuraLogs.Indexing.Sending;

/// <summary>How an attempt to deliver a request ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>There is nothing left of it: its documents have their verdict, or go on in other requests.</summary>
    Done,

    /// <summary>It has to be sent again soon.</summary>
    Again,

    /// <summary>It has to be sent again as soon as a node answers; it has waited already.</summary>
    AgainWhenReachable,

    /// <summary>It has to be sent again, but somebody has to repair something first.</summary>
    AgainSlowly,
}
