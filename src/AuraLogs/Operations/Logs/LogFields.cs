namespace AuraLogs.Operations.Logs;

/// <summary>Ordered by name.</summary>
internal sealed record LogFields(IReadOnlyList<LogField> Fields);
