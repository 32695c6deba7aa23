namespace AuraLogs.Operations.Status;

/// <summary>Where it goes to; the addresses without credentials.</summary>
internal sealed record ElasticsearchStatus(bool IsLocal, IReadOnlyList<string> Nodes, long NodesUp, double RequestsPerSecond, Latency Request);
