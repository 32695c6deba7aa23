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

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(IPAddress.TryParse(Address, out _), "AuraLogs:Forward:Address", "must be an IP address");
        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, "AuraLogs:Forward:Port", "must be between 0 and 65535");
    }
}
