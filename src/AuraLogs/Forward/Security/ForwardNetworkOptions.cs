using System.Net;
using AuraLogs.Configuration;
using AuraLogs.Secrets;

namespace AuraLogs.Forward.Security;

/// <summary>A rule for the clients of one network: <c>AuraLogs:Forward:Security:Networks:N</c>.</summary>
internal sealed class ForwardNetworkOptions
{
    /// <summary>The network, as in <c>10.1.0.0/16</c> or <c>fd00::/8</c>. Required.</summary>
    public string Network { get; set; } = "";

    /// <summary>A key of its own. Default: the one for all.</summary>
    public string SharedKey { get; set; } = "";

    /// <summary>A file that holds the key instead; a line end at its end does not count.</summary>
    public string SharedKeyFile { get; set; } = "";

    /// <summary>The users who may come from there, by name. Default: all.</summary>
    public List<string> Users { get; set; } = [];

    internal void Validate(string section, ForwardSecurityOptions security, ConfigurationErrors errors)
    {
        errors.Require(IPNetwork.TryParse(Network, out _), $"{section}:Network", "must be a network such as 10.1.0.0/16");
        SecretChecks.Check(SharedKey, SharedKeyFile, $"{section}:SharedKey", errors);
        foreach (string user in Users.Where(user => security.Users.All(known => known.Username != user)))
            errors.Add($"{section}:Users", $"names {user}, who is not among Security:Users");
    }
}
