namespace AuraLogs.Operations.Logs;

/// <summary>A field, its type, and the field that holds its exact values (itself, or its keyword); null when it has none.</summary>
internal sealed record LogField(string Name, string Type, string? Exact);
