namespace AuraLogs.Lifecycle.Reconcile;

/// <param name="Field">Its path, with dots.</param>
/// <param name="Actual">What is there; null when nothing is.</param>
/// <param name="Desired">What should be there; null when nothing should.</param>
internal sealed record FieldDifference(string Field, string? Actual, string? Desired);
