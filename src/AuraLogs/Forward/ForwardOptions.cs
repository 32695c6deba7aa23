using System.Net;
using AuraLogs.Configuration;

namespace AuraLogs.Forward;

/// <summary>The forward source: <c>AuraLogs:Forward</c>.</summary>
internal sealed class ForwardOptions
{
    /// <summary>The IP address to listen on. Default: <c>0.0.0.0</c>, all of IPv4.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>The TCP port. Default: 24224, the forward protocol's own. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 24224;

    /// <summary>
    /// The most bytes of one message. Default: 64 MiB; Fluent Bit's chunks have about 2 MB, Fluentd's 8 MB unless set otherwise.
    /// A client that sends more is disconnected and keeps its chunk. Range: 64 KiB to 1 GiB.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>The most bytes that the events of one compressed message may unpack to. Default: 256 MiB. Range: from <see cref="MaxMessageBytes"/> to 2 GiB less a byte.</summary>
    public int MaxUnpackedBytes { get; set; } = 256 << 20;

    /// <summary>
    /// How many times larger than the message its events may become by unpacking. Applies beyond <see cref="MaxMessageBytes"/>: what
    /// unpacks to less is never refused. Default: 200. Range: from 2.
    /// </summary>
    public int MaxUnpackedRatio { get; set; } = 200;

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

    internal ForwardLimits ToLimits(int maxPartBytes) =>
        new(MaxMessageBytes, MaxNesting, MaxTagBytes, MaxChunkIdBytes, MaxUnpackedBytes, MaxUnpackedRatio, maxPartBytes);

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(IPAddress.TryParse(Address, out _), "AuraLogs:Forward:Address", "must be an IP address");
        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, "AuraLogs:Forward:Port", "must be between 0 and 65535");
        errors.Require(MaxMessageBytes is >= 64 << 10 and <= 1 << 30, "AuraLogs:Forward:MaxMessageBytes", "must be between 65536 and 1073741824");
        errors.Require(MaxUnpackedBytes >= MaxMessageBytes, "AuraLogs:Forward:MaxUnpackedBytes", "must be at least AuraLogs:Forward:MaxMessageBytes");
        errors.Require(MaxUnpackedRatio >= 2, "AuraLogs:Forward:MaxUnpackedRatio", "must be at least 2");
        errors.Require(MaxNesting is >= 8 and <= 1000, "AuraLogs:Forward:MaxNesting", "must be between 8 and 1000");
        errors.Require(MaxTagBytes is >= 1 and <= ushort.MaxValue, "AuraLogs:Forward:MaxTagBytes", "must be between 1 and 65535");
        errors.Require(MaxChunkIdBytes is >= 24 and <= 480, "AuraLogs:Forward:MaxChunkIdBytes", "must be between 24 and 480");
        errors.Require(StopTimeout >= TimeSpan.Zero && StopTimeout <= TimeSpan.FromMinutes(1), "AuraLogs:Forward:StopTimeout", "must be between 00:00:00 and 00:01:00");
    }
}
