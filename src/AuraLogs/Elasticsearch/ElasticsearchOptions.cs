using AuraLogs.Configuration;
using AuraLogs.Elasticsearch.Security;
using AuraLogs.Secrets;

namespace AuraLogs.Elasticsearch;

/// <summary>The cluster that is written to: <c>AuraLogs:Elasticsearch</c>.</summary>
internal sealed class ElasticsearchOptions
{
    /// <summary>
    /// The nodes, separated by commas, as in <c>https://es-0:9200,https://es-1:9200</c>. Requests are spread over them.
    /// Default: empty, which starts the local Elasticsearch inside the process and writes to it.
    /// </summary>
    public string Urls { get; set; } = "";

    /// <summary>The user for basic authentication. Default: empty, none.</summary>
    public string Username { get; set; } = "";

    /// <summary>The user's password. Default: empty. <see cref="PasswordFile"/> is the safer place.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file that holds the password, read again when it changes. Default: empty.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>An API key as Elasticsearch shows it under <c>encoded</c>: Base64 of <c>id:key</c>. Default: empty, none.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>A file that holds the API key, read again when it changes. Default: empty.</summary>
    public string ApiKeyFile { get; set; } = "";

    /// <summary>A bearer token, as of a service account. Default: empty, none.</summary>
    public string BearerToken { get; set; } = "";

    /// <summary>A file that holds the bearer token, read again when it changes. Default: empty.</summary>
    public string BearerTokenFile { get; set; } = "";

    /// <summary>
    /// A PEM file with the certificates of the authorities that may have signed the nodes' certificates, read again when it
    /// changes. Default: empty, which trusts what the system trusts.
    /// </summary>
    public string CertificateAuthority { get; set; } = "";

    /// <summary>
    /// The SHA-256 fingerprint, in hexadecimal with or without colons, of a certificate in the nodes' chain (as Elasticsearch
    /// prints it on its first start). Default: empty. It replaces the trust in authorities; the host name is not checked.
    /// </summary>
    public string CertificateFingerprint { get; set; } = "";

    /// <summary>
    /// Whether request bodies are compressed with gzip, at the fastest level. Default: false. They become about a ninth, for half as much
    /// processor time again as all the rest takes (2.2 CPU seconds per GB of JSON), and Elasticsearch has to unpack them. It pays
    /// where the network to the cluster is narrow or billed. <c>docs/indexing.md</c> has what was measured.
    /// </summary>
    public bool Gzip { get; set; }

    /// <summary>How long connecting to a node may take. Default: 5 seconds. Range: 100 milliseconds to 5 minutes.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a request may take, connecting included. Default: 90 seconds, which is more than the minute that Elasticsearch
    /// itself waits for a missing primary shard. Range: 1 second to 1 hour.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How long a node may let a request wait before it is asked whether it is alive. One that does not answer that either, within 4 more seconds, is
    /// taken to be gone, and the request is sent to another; one that does is waited for, and <c>elasticsearch-slow</c> says so in health.
    /// Default: 10 seconds. Range: 1 second to 1 hour; beyond <see cref="RequestTimeout"/> nobody is asked.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most bytes of one answer that are read into memory. Default: 32 MiB, what the answer to a bulk request of 10,000 refused documents may take;
    /// less where <c>AuraLogs:MaxMemory</c> is small. Range: 64 KiB to 1 GiB.
    /// </summary>
    public int MaxResponseBytes { get; set; } = 32 << 20;

    /// <summary>Whether the local Elasticsearch is used, because no other is named.</summary>
    internal bool IsLocal => string.IsNullOrWhiteSpace(Urls);

    internal IReadOnlyList<Uri> ParseUrls() => [.. Split(Urls).Select(url => new Uri(url))];

    internal void Validate(ConfigurationErrors errors)
    {
        const string Section = "AuraLogs:Elasticsearch:";
        foreach (var url in Split(Urls))
        {
            var valid = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
            errors.Require(valid, Section + nameof(Urls), "must be http or https URLs separated by commas");
            errors.Require(
                !valid || uri!.UserInfo.Length == 0, Section + nameof(Urls),
                "must not hold credentials: they go to Username and PasswordFile");
        }

        var ways = 0;
        ways += Username.Length > 0 ? 1 : 0;
        ways += ApiKey.Length > 0 || ApiKeyFile.Length > 0 ? 1 : 0;
        ways += BearerToken.Length > 0 || BearerTokenFile.Length > 0 ? 1 : 0;
        errors.Require(ways <= 1, Section + nameof(Username), "can't be combined with ApiKey or BearerToken: name one way only");
        errors.Require(
            Username.Length > 0 || (Password.Length == 0 && PasswordFile.Length == 0), Section + nameof(Username),
            "must be set when there is a password");
        SecretChecks.Check(Password, PasswordFile, Section + nameof(Password), errors);
        SecretChecks.Check(ApiKey, ApiKeyFile, Section + nameof(ApiKey), errors);
        SecretChecks.Check(BearerToken, BearerTokenFile, Section + nameof(BearerToken), errors);

        if (CertificateAuthority.Length > 0 && SecretChecks.MistakeIn(CertificateAuthority) is { } mistake)
            errors.Add(Section + nameof(CertificateAuthority), mistake);
        errors.Require(
            CertificateFingerprint.Length == 0 || ServerCertificates.TryParseFingerprint(CertificateFingerprint, out _),
            Section + nameof(CertificateFingerprint), "must be a SHA-256 fingerprint: 64 hexadecimal digits");
        errors.Require(
            CertificateFingerprint.Length == 0 || CertificateAuthority.Length == 0, Section + nameof(CertificateFingerprint),
            "can't be combined with CertificateAuthority");
        errors.Require(
            ConnectTimeout >= TimeSpan.FromMilliseconds(100) && ConnectTimeout <= TimeSpan.FromMinutes(5),
            Section + nameof(ConnectTimeout), "must be between 100 milliseconds and 5 minutes");
        errors.Require(
            RequestTimeout >= TimeSpan.FromSeconds(1) && RequestTimeout <= TimeSpan.FromHours(1),
            Section + nameof(RequestTimeout), "must be between 1 second and 1 hour");
        errors.Require(
            SilenceTimeout >= TimeSpan.FromSeconds(1) && SilenceTimeout <= TimeSpan.FromHours(1),
            Section + nameof(SilenceTimeout), "must be between 1 second and 1 hour");
        errors.Require(
            MaxResponseBytes is >= 64 << 10 and <= 1 << 30, Section + nameof(MaxResponseBytes), "must be between 64 KiB and 1 GiB");
    }

    private static string[] Split(string urls) =>
        urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
