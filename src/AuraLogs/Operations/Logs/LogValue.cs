namespace AuraLogs.Operations.Logs;

/// <summary>A value of a field, and in how many events.</summary>
internal sealed record LogValue(string Value, long Count);
