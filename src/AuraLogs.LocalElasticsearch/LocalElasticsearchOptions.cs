namespace AuraLogs.LocalElasticsearch;

/// <summary>The local Elasticsearch: <c>AuraLogs:LocalElasticsearch</c>.</summary>
public sealed class LocalElasticsearchOptions
{
    /// <summary>The IP address to listen on. Default: <c>127.0.0.1</c>, this machine only: it asks nobody for a password.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The TCP port of the REST API. Default: 9200. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 9200;

    /// <summary>The directory of its data. Default: <c>data/elasticsearch</c>. Created when missing.</summary>
    public string Path { get; set; } = "data/elasticsearch";
}
