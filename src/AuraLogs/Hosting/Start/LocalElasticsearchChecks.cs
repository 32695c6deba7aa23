using System.Buffers.Text;
using System.Net;
using AuraLogs.Configuration;
using AuraLogs.LocalElasticsearch;

namespace AuraLogs.Hosting.Start;

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
        errors.Require(
            options.MaxInFlightBytes >= 2L * options.MaxRequestBytes && options.MaxInFlightBytes <= 8L << 30,
            $"{Section}:MaxInFlightBytes", "must be between twice MaxRequestBytes and 8 GiB");
        errors.Require(options.MaxSearches is >= 1 and <= 1000, $"{Section}:MaxSearches", "must be between 1 and 1000");
        errors.Require(
            options.SearchTimeout >= TimeSpan.FromMilliseconds(100) && options.SearchTimeout <= TimeSpan.FromMinutes(10),
            $"{Section}:SearchTimeout", "must be between 100 milliseconds and 10 minutes");
        errors.Require(
            options.MaxSearchBytes is >= 1L << 20 and <= 8L << 30, $"{Section}:MaxSearchBytes", "must be between 1 MiB and 8 GiB");
        errors.Require(Base64.IsValid(options.AzureKey), $"{Section}:AzureKey", "must be Base64");
        errors.Require(
            options.AzureEndpoint.Length == 0 || Uri.TryCreate(options.AzureEndpoint, UriKind.Absolute, out _),
            $"{Section}:AzureEndpoint", "must be a URL");
    }
}
