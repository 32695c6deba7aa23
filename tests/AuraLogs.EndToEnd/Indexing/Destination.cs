namespace AuraLogs.EndToEnd.Indexing;

/// <summary>Where a service under test indexes: the cluster that <c>AURALOGS_TEST_ELASTICSEARCH</c> names, or the one inside its own process.</summary>
internal sealed class Destination : IAsyncDisposable
{
    private readonly Cluster? _named = Cluster.Named();

    public (string, string)[] Settings => _named?.Settings(_named.Url) ?? [];

    public string IndexPrefix => _named?.IndexPrefix ?? "aura-services";

    public string Indices => $"{IndexPrefix}-*";

    public ValueTask DisposeAsync() => _named?.DisposeAsync() ?? ValueTask.CompletedTask;
}
