namespace AuraLogs.Telemetry;

/// <summary>A problem that is over.</summary>
internal sealed record PastProblem(string Code, string Sentence, DateTimeOffset Since, DateTimeOffset Until);
