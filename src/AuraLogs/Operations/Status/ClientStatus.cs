namespace AuraLogs.Operations.Status;

/// <summary>One connected sender.</summary>
internal sealed record ClientStatus(string Address, DateTimeOffset ConnectedAt, long Bytes, long Events, DateTimeOffset? LastFrameAt);
