namespace AuraLogs.Operations.Access;

/// <param name="Reason">A sentence for whoever asked.</param>
internal sealed record AccessRefusal(string Reason);
