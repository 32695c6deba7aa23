using System.Net.Sockets;

namespace AuraLogs.LoadTests.Generating;

/// <summary>What a generator sends.</summary>
internal sealed record LoadOptions
{
    public FrameMode Mode { get; init; } = FrameMode.Forward;

    /// <summary>Events to send in all; rounded up to whole frames.</summary>
    public long Records { get; init; } = 1_000_000;

    /// <summary>The size of one record in MessagePack, without its time. Default: 690, a container log with its Kubernetes metadata.</summary>
    public int RecordBytes { get; init; } = 690;

    /// <summary>About how many bytes of events one frame holds; at least one event.</summary>
    public int ChunkBytes { get; init; } = 1_000_000;

    public int Connections { get; init; } = 4;

    /// <summary>Frames on one connection that may wait for their ack.</summary>
    public int InFlight { get; init; } = 4;

    /// <summary>How many tags the frames take in turn.</summary>
    public int Tags { get; init; } = 1;

    /// <summary>Fields at the record's root beyond the usual ones; they share <see cref="RecordBytes"/>.</summary>
    public int ExtraFields { get; init; }

    /// <summary>Events a second over all connections; 0: as fast as they are taken.</summary>
    public double Rate { get; init; }

    /// <summary>The most time a run may take; what is not acknowledged by then counts as missing.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a frame waits for its ack before the connection is given up and all of it sent again.</summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Makes the connections' sockets, for senders in a network of their own.</summary>
    public Func<Socket> NewSocket { get; init; } = () => new Socket(SocketType.Stream, ProtocolType.Tcp);
}
