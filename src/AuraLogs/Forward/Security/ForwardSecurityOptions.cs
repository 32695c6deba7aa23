using AuraLogs.Configuration;
using AuraLogs.Secrets;

namespace AuraLogs.Forward.Security;

/// <summary>
/// The handshake of the forward protocol (HELO, PING, PONG), for all ports: <c>AuraLogs:Forward:Security</c>. Without any of these
/// settings there is none. It proves that both sides know the key; only TLS keeps what they say secret.
/// </summary>
internal sealed class ForwardSecurityOptions
{
    /// <summary>The key that clients must have. Default: empty, no handshake (see <see cref="EmptySharedKey"/>).</summary>
    public string SharedKey { get; set; } = "";

    /// <summary>A file that holds the key instead; a line end at its end does not count.</summary>
    public string SharedKeyFile { get; set; } = "";

    /// <summary>Ask for the handshake although the key is empty, as Fluent Bit's <c>empty_shared_key</c>. Default: false.</summary>
    public bool EmptySharedKey { get; set; }

    /// <summary>How the server calls itself in the handshake. Default: the machine's name.</summary>
    public string SelfHostname { get; set; } = Environment.MachineName;

    /// <summary>When there are any, a client must also be one of them, with the password.</summary>
    public List<ForwardUserOptions> Users { get; set; } = [];

    /// <summary>Rules for clients by their network; the first that fits counts.</summary>
    public List<ForwardNetworkOptions> Networks { get; set; } = [];

    /// <summary>Whether clients of networks without a rule may come in with <see cref="SharedKey"/>. Default: true.</summary>
    public bool AllowOtherNetworks { get; set; } = true;

    /// <summary>Whether clients have to go through the handshake.</summary>
    public bool Enabled => SharedKey.Length > 0 || SharedKeyFile.Length > 0 || EmptySharedKey || Users.Count > 0 || Networks.Count > 0;

    internal void Validate(string section, ConfigurationErrors errors)
    {
        if (!Enabled)
            return;
        SecretChecks.Check(SharedKey, SharedKeyFile, $"{section}:SharedKey", errors);
        errors.Require(
            EmptySharedKey || SharedKey.Length > 0 || SharedKeyFile.Length > 0,
            $"{section}:SharedKey", "must be set (or EmptySharedKey be true) when there are Users or Networks");
        errors.Require(
            !EmptySharedKey || SharedKey.Length + SharedKeyFile.Length == 0, $"{section}:EmptySharedKey", "can't be true when there is a shared key");
        errors.Require(SelfHostname.Length > 0, $"{section}:SelfHostname", "must not be empty");
        for (int i = 0; i < Users.Count; i++)
            Users[i].Validate($"{section}:Users:{i}", errors);
        errors.Require(
            Users.DistinctBy(user => user.Username).Count() == Users.Count, $"{section}:Users", "must have different Usernames");
        for (int i = 0; i < Networks.Count; i++)
            Networks[i].Validate($"{section}:Networks:{i}", this, errors);
    }
}
