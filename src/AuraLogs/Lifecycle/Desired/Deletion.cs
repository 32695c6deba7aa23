namespace AuraLogs.Lifecycle.Desired;

/// <summary>When ILM may delete an index that has reached its age.</summary>
internal enum Deletion
{
    /// <summary>After SLM has run since: the delete phase waits for it.</summary>
    AfterSnapshot,

    /// <summary>At once.</summary>
    ByAge,

    /// <summary>Not now, because no snapshot of it can be relied on: the policy has no delete phase.</summary>
    Held,
}
