using System.Net;
using System.Text;

namespace AuraLogs.Forward.Security;

/// <summary>Who may send: the options with their secrets read.</summary>
internal sealed class ForwardSecurity
{
    private readonly List<NetworkRule> _networks;
    private readonly NetworkRule? _others;

    public ForwardSecurity(ForwardSecurityOptions options)
    {
        byte[] sharedKey = Secret.Read(options.SharedKey, options.SharedKeyFile);
        var users = options.Users.ToDictionary(
            user => user.Username, user => Secret.Read(user.Password, user.PasswordFile), StringComparer.Ordinal);
        SelfHostname = Encoding.UTF8.GetBytes(options.SelfHostname);
        NeedsUser = users.Count > 0;
        _networks = [.. options.Networks.Select(network => new NetworkRule(
            IPNetwork.Parse(network.Network),
            network.SharedKey.Length + network.SharedKeyFile.Length > 0 ? Secret.Read(network.SharedKey, network.SharedKeyFile) : sharedKey,
            network.Users.Count == 0 ? users : users.Where(user => network.Users.Contains(user.Key)).ToDictionary(StringComparer.Ordinal)))];
        _others = options.AllowOtherNetworks ? new NetworkRule(default, sharedKey, users) : null;
    }

    public byte[] SelfHostname { get; }

    public bool NeedsUser { get; }

    /// <summary>The rule for a client; null when it may not come in.</summary>
    /// <param name="address">Null for a client on the unix socket, which no network's rule fits.</param>
    public NetworkRule? RuleFor(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return address is null ? _others : _networks.Find(rule => rule.Network.Contains(address)) ?? _others;
    }

    /// <param name="Network">Where the rule counts.</param>
    /// <param name="SharedKey">The key.</param>
    /// <param name="Users">Passwords by name.</param>
    internal sealed record NetworkRule(IPNetwork Network, byte[] SharedKey, IReadOnlyDictionary<string, byte[]> Users);
}
