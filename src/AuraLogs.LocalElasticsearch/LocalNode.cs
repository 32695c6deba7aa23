using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Documents;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search;
using AuraLogs.LocalElasticsearch.Templates;

namespace AuraLogs.LocalElasticsearch;

/// <summary>The node: its parts, put together, and the table of its APIs.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private readonly ClusterStore _store;
    private readonly IndexCatalog _catalog;

    public LocalNode(LocalElasticsearchOptions options, TimeProvider time)
    {
        Version = ElasticsearchVersion.Parse(options.Version);
        Directory.CreateDirectory(options.Path);
        _store = new ClusterStore(Path.Combine(options.Path, "cluster.db"));
        Info = new NodeInfo(_store, Version, time);
        ClusterSettings settings = new(_store);
        TemplateCatalog templates = new(_store);
        _catalog = new IndexCatalog(Path.Combine(options.Path, "indices"), Version, settings, templates, time);
        IndexExpressions expressions = new(_catalog, time);
        DocumentWriter writer = new(_catalog, settings, Version, time);
        SearchService search = new(Version, time, Info.Id);

        Router = new Router(Version);
        new ClusterApi(Info, settings, _catalog, expressions, time, options).Register(Router);
        new CatApi(Info, _catalog, expressions, _store, time).Register(Router);
        new IndexApi(_catalog, expressions, settings).Register(Router);
        new AliasApi(_catalog, expressions).Register(Router);
        new FieldCapsApi(expressions, Version).Register(Router);
        new TemplateApi(_store, settings, templates, Version).Register(Router);
        new DocumentApi(writer, _catalog, expressions, Version).Register(Router);
        new SearchApi(search, new SearchContexts(search, time), expressions, writer, Version).Register(Router);
    }

    public ElasticsearchVersion Version { get; }

    public NodeInfo Info { get; }

    public Router Router { get; }

    public ValueTask DisposeAsync()
    {
        _catalog.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }
}
