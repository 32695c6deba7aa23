namespace AuraLogs.Lifecycle.Status;

/// <summary>One of our indices as ILM sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">The ILM policy that it has; null when it has none.</param>
/// <param name="DeleteAt">When its age lets ILM delete it; null when the name holds no day.</param>
/// <param name="Step">Where it is in its policy, as phase/action/step.</param>
/// <param name="Error">What ILM failed with, when it did.</param>
internal sealed record IndexStatus(string Name, string? Policy, DateTimeOffset? DeleteAt, string Step, string? Error)
{
    /// <summary>Whether it should have been deleted before <paramref name="moment"/>.</summary>
    public bool IsOverdueAt(DateTimeOffset moment) => DeleteAt < moment;
}
