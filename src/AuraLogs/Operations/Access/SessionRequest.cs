namespace AuraLogs.Operations.Access;

/// <param name="Token">The token of the operations port.</param>
internal sealed record SessionRequest(string Token);
