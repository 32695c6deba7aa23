using AuraLogs.Forward.Refusing;

namespace AuraLogs.Forward.Security;

/// <param name="Refusal">Why the client may not send, for us; none when it may.</param>
/// <param name="Reason">The same for the client, which is not told whether a user exists; Fluent Bit shows 31 characters of it.</param>
/// <param name="Pong">What to answer.</param>
internal sealed record HandshakeVerdict(Refusal Refusal, string Reason, byte[] Pong)
{
    /// <summary>Whether the client may send.</summary>
    public bool Accepted => Refusal == Refusal.None;
}
