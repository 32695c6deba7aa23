using System.Net;
using AuraLogs.Configuration;

namespace AuraLogs.Operations;

/// <summary>The operations port (metrics, health, status, the page): <c>AuraLogs:Operations</c>.</summary>
internal sealed class OperationsOptions
{
    /// <summary>The IP address to listen on. Default: <c>0.0.0.0</c>, all of IPv4.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>The TCP port. Default: 8080. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 8080;

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(IPAddress.TryParse(Address, out _), "AuraLogs:Operations:Address", "must be an IP address");
        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, "AuraLogs:Operations:Port", "must be between 0 and 65535");
    }
}
