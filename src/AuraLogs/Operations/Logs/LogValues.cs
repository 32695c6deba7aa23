namespace AuraLogs.Operations.Logs;

/// <summary>The most frequent first.</summary>
internal sealed record LogValues(IReadOnlyList<LogValue> Values);
