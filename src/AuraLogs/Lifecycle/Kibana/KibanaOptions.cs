using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Lifecycle.Kibana;

/// <summary>Kibana, where data views are made: <c>AuraLogs:Kibana</c>.</summary>
internal sealed class KibanaOptions
{
    /// <summary>
    /// Kibana's address, with its base path and space if it has them, as in <c>https://kibana:5601/s/logs</c>.
    /// Default: empty, no data views are made.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>Default: empty, the one for Elasticsearch.</summary>
    public string Username { get; set; } = "";

    /// <summary>Default: empty, the one for Elasticsearch.</summary>
    public string Password { get; set; } = "";

    /// <summary>An encoded API key, used instead of the password. Default: empty, the one for Elasticsearch.</summary>
    public string ApiKey { get; set; } = "";

    internal bool IsSet => Url.Length > 0;

    internal bool HasCredentials => Username.Length > 0 || ApiKey.Length > 0;

    internal ElasticsearchOptions ToElasticsearchCredentials() => new() { Username = Username, Password = Password, ApiKey = ApiKey };

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(
            !IsSet || (Uri.TryCreate(Url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
            "AuraLogs:Kibana:Url", "must be an http or https URL");
        errors.Require(
            Username.Length == 0 || ApiKey.Length == 0, "AuraLogs:Kibana:ApiKey", "can't be given together with a user name");
    }
}
