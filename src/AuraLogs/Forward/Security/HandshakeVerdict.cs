namespace AuraLogs.Forward.Security;

/// <param name="Accepted">Whether the client may send.</param>
/// <param name="Reason">Why not; the client is told, and Fluent Bit shows 31 characters of it.</param>
/// <param name="Pong">What to answer.</param>
internal sealed record HandshakeVerdict(bool Accepted, string Reason, byte[] Pong);
