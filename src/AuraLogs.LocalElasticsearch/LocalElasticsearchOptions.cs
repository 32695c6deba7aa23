namespace AuraLogs.LocalElasticsearch;

/// <summary>The local Elasticsearch: <c>AuraLogs:LocalElasticsearch</c>.</summary>
public sealed class LocalElasticsearchOptions
{
    /// <summary>The IP address to listen on. Default: <c>127.0.0.1</c>, this machine only: it asks nobody for a password.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The TCP port of the REST API. Default: 9200. Range: 0 (any free one) to 65535.</summary>
    public int Port { get; set; } = 9200;

    /// <summary>
    /// The names by which clients may ask for it beside <c>localhost</c> and addresses, separated by commas, as in
    /// <c>auralogs.logging.svc</c>. Any other <c>Host</c> is refused, so that no web page can reach it through a name of its own
    /// (DNS rebinding). Default: empty, none.
    /// </summary>
    public string Hosts { get; set; } = "";

    /// <summary>The directory of its data. Default: <c>data/elasticsearch</c>. Created when missing.</summary>
    public string Path { get; set; } = "data/elasticsearch";

    /// <summary>
    /// The version of Elasticsearch that it answers as. Default: <c>8.19.0</c>: composable templates, ignoring dynamic fields
    /// beyond the limit, and the built-in azure repository are there, and today's clients insist on 8.x or later. Range:
    /// 7.4.0 and later. A 7.x version answers as that one does: with <c>_type</c>, and up to 7.7 with legacy templates alone.
    /// </summary>
    public string Version { get; set; } = "8.19.0";

    /// <summary>
    /// The longest request body, unpacked; a longer one is answered with 413. Unit: bytes. Default: 100 MiB, as Elasticsearch's
    /// <c>http.max_content_length</c>. Range: 1024 to 1 GiB.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>
    /// The most bytes of request bodies that are held at once; a request beyond is answered with 429. Unit: bytes. Default: 256 MiB.
    /// Range: twice <see cref="MaxRequestBytes"/> to 8 GiB.
    /// </summary>
    public long MaxInFlightBytes { get; set; } = 256L << 20;

    /// <summary>
    /// The most searches that run, wait or are being answered at once; one more is answered with 429. Default: 32. Range: 1 to 1000.
    /// </summary>
    public int MaxSearches { get; set; } = 32;

    /// <summary>How long a search may take before it is cancelled. Default: 15 seconds. Range: 100 milliseconds to 10 minutes.</summary>
    public TimeSpan SearchTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The most memory that all searches and open scrolls take together, as far as it is counted; one takes at most half of it, and more
    /// is answered with 429. Unit: bytes. Default: 128 MiB. Range: 1 MiB to 8 GiB.
    /// </summary>
    public long MaxSearchBytes { get; set; } = 128L << 20;

    /// <summary>
    /// The directories that <c>fs</c> repositories may lie in, comma-separated, as Elasticsearch's <c>path.repo</c>.
    /// Default: empty, which means <c>snapshots</c> under <see cref="Path"/>.
    /// </summary>
    public string RepositoryPaths { get; set; } = "";

    /// <summary>
    /// The storage account of <c>azure</c> repositories, as Elasticsearch's <c>azure.client.default.account</c>. Default: empty,
    /// there is none.
    /// </summary>
    public string AzureAccount { get; set; } = "";

    /// <summary>The account's key, in Base64, as <c>azure.client.default.key</c>. Default: empty.</summary>
    public string AzureKey { get; set; } = "";

    /// <summary>
    /// Where the account's blobs are, for instance <c>http://127.0.0.1:10000/devstoreaccount1</c>. Default: empty, which means
    /// Azure's public cloud.
    /// </summary>
    public string AzureEndpoint { get; set; } = "";
}
