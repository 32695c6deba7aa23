namespace AuraLogs.Indexing.Judging;

/// <summary>What an answer means for an item.</summary>
internal enum Verdict : byte
{
    /// <summary>It is in the index now.</summary>
    Indexed,

    /// <summary>It was there already.</summary>
    Duplicate,

    /// <summary>The cluster can't take it now; it is sent again soon.</summary>
    Retry,

    /// <summary>The cluster won't take it until somebody repairs something; it is sent again from time to time.</summary>
    RetrySlowly,

    /// <summary>A field of it does not fit the index; it goes on with that field moved to where any value fits.</summary>
    Conflict,

    /// <summary>Its index is read-only by our own policy; it goes on to the oldest that is still written to.</summary>
    Redirected,

    /// <summary>The cluster keeps it in a failure store of its own: a dead letter that it has written itself.</summary>
    FailureStore,

    /// <summary>The document itself can't be indexed, now or later.</summary>
    DeadLetter,
}
