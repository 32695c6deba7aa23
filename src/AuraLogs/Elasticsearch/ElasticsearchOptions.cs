using AuraLogs.Configuration;

namespace AuraLogs.Elasticsearch;

/// <summary>The cluster that is written to: <c>AuraLogs:Elasticsearch</c>.</summary>
internal sealed class ElasticsearchOptions
{
    /// <summary>
    /// The nodes, separated by commas, as in <c>https://es-0:9200,https://es-1:9200</c>.
    /// Default: empty, which starts the local Elasticsearch inside the process and writes to it.
    /// </summary>
    public string Urls { get; set; } = "";

    /// <summary>Whether the local Elasticsearch is used, because no other is named.</summary>
    internal bool IsLocal => string.IsNullOrWhiteSpace(Urls);

    internal void Validate(ConfigurationErrors errors)
    {
        foreach (var url in Urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            errors.Require(
                Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
                "AuraLogs:Elasticsearch:Urls", "must be http or https URLs separated by commas");
        }
    }
}
