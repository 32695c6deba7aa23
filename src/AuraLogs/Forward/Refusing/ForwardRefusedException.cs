namespace AuraLogs.Forward.Refusing;

/// <summary>What a client sent can't be taken, so its connection is closed; it says nothing of the contents.</summary>
/// <param name="reason">Why.</param>
/// <param name="offset">Where, in bytes from the message's first.</param>
internal sealed class ForwardRefusedException(Refusal reason, long offset) : Exception($"{reason.Name()} at byte {offset} of a message")
{
    public Refusal Reason { get; } = reason;

    public long Offset { get; } = offset;
}
