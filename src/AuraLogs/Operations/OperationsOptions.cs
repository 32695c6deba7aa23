using System.Net;
using AuraLogs.Configuration;
using AuraLogs.Secrets;

namespace AuraLogs.Operations;

/// <summary>The operations port (metrics, health, status, the page): <c>AuraLogs:Operations</c>.</summary>
internal sealed class OperationsOptions
{
    /// <summary>The fewest characters of a token: with 16 random ones nobody guesses it.</summary>
    public const int LeastTokenLength = 16;

    private const string Section = "AuraLogs:Operations";

    /// <summary>The IP address to listen on. Default: <c>0.0.0.0</c>, all of IPv4.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>The TCP port. Default: 8080. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>
    /// The most connections at once. When one more comes, the oldest of the address with the most is closed. Default: 100. Range: 10 to 10,000.
    /// </summary>
    public int MaxConnections { get; set; } = 100;

    /// <summary>How long a connection may be silent before and between requests. Default: 30 seconds. Range: 1 second to 1 hour.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The token that gives somebody on the network the right to see log contents and to change something; metrics, health and
    /// status need none. Default: empty, such requests are taken from this machine only. At least 16 characters.
    /// <see cref="TokenFile"/> is the safer place.
    /// </summary>
    public string Token { get; set; } = "";

    /// <summary>A file that holds the token, read again when it changes. Default: empty.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>
    /// Whether a request from this machine needs the token too, as behind a service mesh's sidecar, whose connections all come from
    /// this machine. Default: false. Requests with <c>X-Forwarded-For</c> or <c>Forwarded</c> always count as the network's.
    /// </summary>
    public bool LoopbackNeedsToken { get; set; }

    /// <summary>
    /// The names by which log contents and changes may be asked for beside <c>localhost</c> and addresses, separated by commas, as in
    /// <c>logs.example.com</c>. Any other <c>Host</c> is refused, so that no web page can read logs through a name of its own
    /// (DNS rebinding). Default: empty, none.
    /// </summary>
    public string Hosts { get; set; } = "";

    /// <summary>
    /// Whose log contents are served to those who have the right: <c>none</c>, <c>local</c> (the local Elasticsearch's) or
    /// <c>cluster</c> (also those of <c>AuraLogs:Elasticsearch:Urls</c>, read with AuraLogs' credentials). Default: <c>local</c>.
    /// </summary>
    public LogsServed Logs { get; set; } = LogsServed.Local;

    /// <summary>The most searches that run or are being answered at once; one more is answered with 429. Default: 8. Range: 1 to 1000.</summary>
    public int MaxSearches { get; set; } = 8;

    /// <summary>Whether there is a token.</summary>
    internal bool HasToken => Token.Length + TokenFile.Length > 0;

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(IPAddress.TryParse(Address, out _), $"{Section}:Address", "must be an IP address");
        errors.Require(Port is >= 0 and <= IPEndPoint.MaxPort, $"{Section}:Port", "must be between 0 and 65535");
        errors.Require(MaxConnections is >= 10 and <= 10_000, $"{Section}:MaxConnections", "must be between 10 and 10000");
        errors.Require(
            IdleTimeout >= TimeSpan.FromSeconds(1) && IdleTimeout <= TimeSpan.FromHours(1), $"{Section}:IdleTimeout", "must be between 00:00:01 and 01:00:00");
        SecretChecks.Check(Token, TokenFile, $"{Section}:Token", errors);
        errors.Require(Token.Length is 0 or >= LeastTokenLength, $"{Section}:Token", $"must have at least {LeastTokenLength} characters");
        errors.Require(
            TokenFile.Length == 0 || SecretChecks.MistakeIn(TokenFile) is not null || File.ReadAllText(TokenFile).Trim().Length >= LeastTokenLength,
            $"{Section}:TokenFile", $"must hold a token of at least {LeastTokenLength} characters");
        errors.Require(MaxSearches is >= 1 and <= 1000, $"{Section}:MaxSearches", "must be between 1 and 1000");
        errors.Require(!LoopbackNeedsToken || HasToken, $"{Section}:LoopbackNeedsToken", "can't be true without a Token or TokenFile");
    }
}
