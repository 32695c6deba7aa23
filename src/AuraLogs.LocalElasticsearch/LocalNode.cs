using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Documents;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Lifecycle;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search;
using AuraLogs.LocalElasticsearch.Snapshots;
using AuraLogs.LocalElasticsearch.Templates;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch;

/// <summary>The node: its parts, put together, and the table of its APIs.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private readonly ClusterStore _store;
    private readonly IndexCatalog _catalog;
    private readonly Repositories _repositories;
    private readonly SnapshotService _snapshots;
    private readonly SlmRunner _slm;
    private readonly IlmRunner _ilm;

    public LocalNode(LocalElasticsearchOptions options, TimeProvider time, ILoggerFactory logging, Action<string, Exception> failed)
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

        _repositories = new Repositories(_store, options, time);
        Background background = new(failed, logging.CreateLogger<Background>());
        _snapshots = new SnapshotService(background, _repositories, _catalog, expressions, Version, time, Path.Combine(options.Path, "scratch"));
        SlmPolicies snapshotPolicies = new(_store, time);
        _slm = new SlmRunner(snapshotPolicies, _snapshots, _repositories, _store, settings, background, time, logging.CreateLogger<SlmRunner>());
        IlmPolicies policies = new(_store, _catalog, time);
        _ilm = new IlmRunner(policies, _catalog, _store, settings, snapshotPolicies, background, time, logging.CreateLogger<IlmRunner>());

        Router = new Router(Version);
        new ClusterApi(Info, settings, _catalog, expressions, time, options).Register(Router);
        new CatApi(Info, _catalog, expressions, _store, time).Register(Router);
        new IndexApi(_catalog, expressions, settings, time).Register(Router);
        new AliasApi(_catalog, expressions).Register(Router);
        new FieldCapsApi(expressions, Version).Register(Router);
        new TemplateApi(_store, settings, templates, Version).Register(Router);
        new DocumentApi(writer, _catalog, expressions, Version).Register(Router);
        new SearchApi(search, new SearchContexts(search, time), new SearchBudgets(options, time), expressions, writer, Version).Register(Router);
        new IlmApi(policies, _ilm, expressions, Version, time).Register(Router);
        new SnapshotApi(_repositories, _snapshots, expressions, Info, logging.CreateLogger<SnapshotApi>()).Register(Router);
        new SlmApi(snapshotPolicies, _slm, _repositories, _snapshots, Version).Register(Router);
    }

    public ElasticsearchVersion Version { get; }

    public NodeInfo Info { get; }

    public Router Router { get; }

    public void StartSchedules()
    {
        _ilm.Start();
        _slm.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _ilm.Dispose();
        _slm.Dispose();
        await _snapshots.DrainAsync();
        _snapshots.Dispose();
        _repositories.Dispose();
        _catalog.Dispose();
        _store.Dispose();
    }
}
