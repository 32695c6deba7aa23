using System.Buffers.Text;
using System.Net;
using AuraLogs.LocalElasticsearch;

namespace AuraLogs.Configuration;

/// <summary>Checks the settings of the local Elasticsearch, whose project knows nothing of our configuration.</summary>
internal static class LocalElasticsearchChecks
{
    private const string Section = "AuraLogs:LocalElasticsearch";
    private static readonly Version OldestVersion = new(7, 4, 0);

    public static void Validate(this LocalElasticsearchOptions options, ConfigurationErrors errors)
    {
        errors.Require(IPAddress.TryParse(options.Address, out _), $"{Section}:Address", "must be an IP address");
        errors.Require(options.Port is >= 0 and <= IPEndPoint.MaxPort, $"{Section}:Port", "must be between 0 and 65535");
        errors.Require(options.Path.Length > 0, $"{Section}:Path", "must name a directory");
        errors.Require(
            Version.TryParse(options.Version, out var version) && version >= OldestVersion && version.Build >= 0,
            $"{Section}:Version", "must be a version such as 8.19.0, and 7.4.0 or later");
        errors.Require(
            options.MaxRequestBytes is >= 1024 and <= 1 << 30, $"{Section}:MaxRequestBytes", "must be between 1024 and 1073741824");
        errors.Require(Base64.IsValid(options.AzureKey), $"{Section}:AzureKey", "must be Base64");
        errors.Require(
            options.AzureEndpoint.Length == 0 || Uri.TryCreate(options.AzureEndpoint, UriKind.Absolute, out _),
            $"{Section}:AzureEndpoint", "must be a URL");
    }
}
