using System.Net;
using AuraLogs.Configuration;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Security;
using AuraLogs.Forward.Tls;

namespace AuraLogs.Forward;

/// <summary>The forward source: <c>AuraLogs:Forward</c>.</summary>
internal sealed class ForwardOptions
{
    /// <summary>The IP address to listen on. Default: <c>0.0.0.0</c>, all of IPv4.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>Whether plain text is taken on <see cref="Port"/>. Default: true. With false there must be <see cref="Tls"/> or <see cref="UnixSocket"/>.</summary>
    public bool PlainText { get; set; } = true;

    /// <summary>The TCP port. Default: 24224, the forward protocol's own. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 24224;

    /// <summary>
    /// Whether UDP packets to <see cref="Port"/> are answered, as Fluentd's heartbeats want it: a sender's port at most every half second,
    /// an address at most 20 times in it. Default: true; the Helm chart sets false, for Fluent Bit sends none.
    /// </summary>
    public bool UdpHeartbeat { get; set; } = true;

    /// <summary>The path of a unix socket to listen on as well. Default: empty, none. A socket that an earlier process left there is replaced.</summary>
    public string UnixSocket { get; set; } = "";

    /// <summary>TLS, on a port of its own.</summary>
    public ForwardTlsOptions Tls { get; set; } = new();

    /// <summary>The handshake: shared keys, users, networks.</summary>
    public ForwardSecurityOptions Security { get; set; } = new();

    /// <summary>The most connections at once. Default: 10,000; each costs a few kilobytes while it is idle (with TLS, about 50). Range: from 1.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>The most connections at once from one address. Default: 2,000. Range: 1 to <see cref="MaxConnections"/>.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 2_000;

    /// <summary>
    /// The most memory, in bytes, that all connections together receive into: messages that are not complete, or complete and not yet
    /// in the queue. Who needs more waits; if it lasts, the message that stood still longest is given up. Default: 256 MiB,
    /// less where <c>AuraLogs:MaxMemory</c> is small. Range: from twice <see cref="MaxMessageBytes"/>, so that the largest message leaves room for those of others.
    /// </summary>
    public long MaxReceiveBytes { get; set; } = 256L << 20;

    /// <summary>
    /// The most bytes that a connection may have on the way to us, in the kernel (<c>SO_RCVBUF</c>); it keeps up to twice as much, with its own
    /// overhead, for a connection that is not read because the queue is full. A sender gets at most as much through in a round trip: 13 MB/s on a
    /// connection with 20 ms. Linux allows no more than <c>net.core.rmem_max</c>. Default: 256 KiB. Range: 16 KiB to 64 MiB, or 0, with which
    /// the kernel lets each connection's buffer grow to what <c>net.ipv4.tcp_rmem</c> says, 6 or 32 MiB.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = 256 << 10;

    /// <summary>How long TLS and handshake may take together. Default: 10 seconds. Range: from 1 second.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a message may take from its first byte to its last; the time that we let it wait does not count. Default: 1 minute.
    /// Range: from 1 second.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a client may leave acknowledgements unread, once the network holds no more of them. Default: 1 minute. Range: from 1 second.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a connection may be silent between messages. Default: 12 hours: clients without acknowledgements lose what they write to
    /// a connection that was closed, and idle ones cost little. Range: from 1 minute.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// The most bytes of one message. Default: 64 MiB, less where <c>AuraLogs:MaxMemory</c> is small; Fluent Bit's chunks have about 2 MB, Fluentd's 8 MB unless set otherwise.
    /// A client that sends more is disconnected and keeps its chunk. Range: 64 KiB to 256 MiB.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>The most bytes that the events of one compressed message may unpack to. Default: 256 MiB. Range: from <see cref="MaxMessageBytes"/> to 2 GiB less a byte.</summary>
    public int MaxUnpackedBytes { get; set; } = 256 << 20;

    /// <summary>
    /// How many times larger than the message its events may become by unpacking. Applies beyond <see cref="MaxMessageBytes"/>: what
    /// unpacks to less is never refused. Default: 200. Range: from 2.
    /// </summary>
    public int MaxUnpackedRatio { get; set; } = 200;

    /// <summary>
    /// How many events a compressed message may have for each byte of it. Applies beyond 100,000 events of a message: fewer are never refused.
    /// Repeated lines with times of their own have less than one event a byte, and equal lines of 100 bytes with one time ten at most; events of
    /// nothing, which make 65 KB millions of documents, have hundreds. Default: 16. Range: from 1.
    /// </summary>
    public int MaxEventsPerByte { get; set; } = 16;

    /// <summary>How deep the maps and arrays of a record may be nested in each other. Default: 128. Range: 8 to 1,000, what Elasticsearch's parser takes.</summary>
    public int MaxNesting { get; set; } = 128;

    /// <summary>The most bytes of a tag. Default: 8,192: Fluent Bit's tags carry a file's path. Range: 1 to 65,535.</summary>
    public int MaxTagBytes { get; set; } = 8192;

    /// <summary>The most bytes of a chunk id. Default: 256; Fluent Bit sends 24 and reads an answer of at most 512. Range: 24 to 480.</summary>
    public int MaxChunkIdBytes { get; set; } = 256;

    /// <summary>
    /// How long connections may take to end in order when the service stops, before they are cut off. Default: 4 seconds.
    /// Range: 0 to 60 seconds.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(4);

    internal ForwardLimits ToLimits(int partBytes, int maxEventBytes) =>
        new(MaxMessageBytes, MaxNesting, MaxTagBytes, MaxChunkIdBytes, MaxUnpackedBytes, MaxUnpackedRatio, MaxEventsPerByte, partBytes, maxEventBytes);

    internal void Validate(ConfigurationErrors errors)
    {
        const string section = "AuraLogs:Forward";
        errors.Require(IPAddress.TryParse(Address, out _), $"{section}:Address", "must be an IP address");
        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, $"{section}:Port", "must be between 0 and 65535");
        errors.Require(
            PlainText || Tls.Enabled || UnixSocket.Length > 0, $"{section}:PlainText", "can't be false without Tls:CertificateFile or UnixSocket");
        errors.Require(
            !PlainText || !Tls.Enabled || Port == 0 || Port != Tls.Port, $"{section}:Tls:Port", "must not be the port of plain text");
        Tls.Validate($"{section}:Tls", errors);
        Security.Validate($"{section}:Security", errors);
        ValidateLimits(section, errors);
        ValidateTimes(section, errors);
    }

    private void ValidateLimits(string section, ConfigurationErrors errors)
    {
        errors.Require(MaxConnections >= 1, $"{section}:MaxConnections", "must be at least 1");
        errors.Require(
            MaxConnectionsPerAddress >= 1 && MaxConnectionsPerAddress <= MaxConnections,
            $"{section}:MaxConnectionsPerAddress", "must be between 1 and MaxConnections");
        errors.Require(MaxMessageBytes is >= 64 << 10 and <= 1 << 28, $"{section}:MaxMessageBytes", "must be between 65536 and 268435456");
        errors.Require(MaxReceiveBytes / 2 >= MaxMessageBytes, $"{section}:MaxReceiveBytes", "must be at least twice MaxMessageBytes");
        errors.Require(
            ReceiveBufferBytes is 0 or (>= 16 << 10 and <= 64 << 20), $"{section}:ReceiveBufferBytes", "must be 0 or between 16384 and 67108864");
        errors.Require(MaxUnpackedBytes >= MaxMessageBytes, $"{section}:MaxUnpackedBytes", "must be at least MaxMessageBytes");
        errors.Require(MaxUnpackedRatio >= 2, $"{section}:MaxUnpackedRatio", "must be at least 2");
        errors.Require(MaxEventsPerByte >= 1, $"{section}:MaxEventsPerByte", "must be at least 1");
        errors.Require(MaxNesting is >= 8 and <= 1000, $"{section}:MaxNesting", "must be between 8 and 1000");
        errors.Require(MaxTagBytes is >= 1 and <= ushort.MaxValue, $"{section}:MaxTagBytes", "must be between 1 and 65535");
        errors.Require(MaxChunkIdBytes is >= 24 and <= 480, $"{section}:MaxChunkIdBytes", "must be between 24 and 480");
    }

    private void ValidateTimes(string section, ConfigurationErrors errors)
    {
        errors.Require(HandshakeTimeout >= TimeSpan.FromSeconds(1), $"{section}:HandshakeTimeout", "must be at least 00:00:01");
        errors.Require(MessageTimeout >= TimeSpan.FromSeconds(1), $"{section}:MessageTimeout", "must be at least 00:00:01");
        errors.Require(SendTimeout >= TimeSpan.FromSeconds(1), $"{section}:SendTimeout", "must be at least 00:00:01");
        errors.Require(IdleTimeout >= TimeSpan.FromMinutes(1), $"{section}:IdleTimeout", "must be at least 00:01:00");
        errors.Require(
            StopTimeout >= TimeSpan.Zero && StopTimeout <= TimeSpan.FromMinutes(1), $"{section}:StopTimeout", "must be between 00:00:00 and 00:01:00");
    }
}
