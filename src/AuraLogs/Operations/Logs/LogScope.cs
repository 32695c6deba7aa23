namespace AuraLogs.Operations.Logs;

/// <summary>Which events: a query in Elasticsearch's query string syntax (empty: all), and their time; null is open.</summary>
internal sealed record LogScope(string? Query, DateTimeOffset? From, DateTimeOffset? To);
