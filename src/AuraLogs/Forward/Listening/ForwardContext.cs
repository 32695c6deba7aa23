using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Security;
using AuraLogs.Memory;
using AuraLogs.Queue;

namespace AuraLogs.Forward.Listening;

/// <summary>What all connections share.</summary>
/// <param name="Options">The options.</param>
/// <param name="Limits">The decoder's part of them.</param>
/// <param name="Security">Null without a handshake.</param>
/// <param name="Receiving">The memory that connections receive into.</param>
/// <param name="Storing">The memory to unpack and to reassemble in, on the way into the queue.</param>
/// <param name="Acks">Counts the acknowledgements that are outstanding.</param>
/// <param name="Queue">Where events go.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Log">The log lines.</param>
/// <param name="Refused">Who is refused again and again.</param>
/// <param name="Time">The clock.</param>
internal sealed record ForwardContext(
    ForwardOptions Options,
    ForwardLimits Limits,
    ForwardSecurity? Security,
    MemoryBudget Receiving,
    MemoryBudget Storing,
    AckMemory Acks,
    LogQueue Queue,
    ForwardMetrics Metrics,
    RefusalLog Log,
    RefusedSenders Refused,
    TimeProvider Time)
{
    /// <summary>Replaced when secrets are read again; a connection takes what is there when it opens.</summary>
    public ForwardSecurity? Security { get; set; } = Security;

    public long HandshakeTicks { get; } = ToTicks(Options.HandshakeTimeout, Time);

    public long MessageTicks { get; } = ToTicks(Options.MessageTimeout, Time);

    public long SendTicks { get; } = ToTicks(Options.SendTimeout, Time);

    public long IdleTicks { get; } = ToTicks(Options.IdleTimeout, Time);

    /// <summary>In the clock's own ticks, which timestamps count.</summary>
    private static long ToTicks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
