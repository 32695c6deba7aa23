namespace AuraLogs.Operations.Access;

/// <param name="HasRight">Whether whoever asks may see log contents and change things.</param>
/// <param name="TakesToken">Whether the token would give that right.</param>
/// <param name="ServesLogs">Whether there are log contents to see.</param>
internal sealed record SessionState(bool HasRight, bool TakesToken, bool ServesLogs);
