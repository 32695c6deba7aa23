namespace AuraLogs.Operations.Logs;

/// <summary>Why a search has no answer.</summary>
internal sealed record LogFailure(string Reason);
