using AuraLogs.LocalElasticsearch.Cluster;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Something that is kept open for a client as long as it keeps asking.</summary>
internal abstract class OpenContext
{
    /// <summary>The address of the client that opened it.</summary>
    public string Owner { get; init; } = "";

    public TimeSpan Lifetime { get; set; }

    public DateTimeOffset Expires { get; private set; }

    public void Touch(string? keepAlive, DateTimeOffset now)
    {
        if (keepAlive is not null)
            Lifetime = TimeValue.Parse(keepAlive, "keep_alive");
        Expires = now + Lifetime;
    }
}
