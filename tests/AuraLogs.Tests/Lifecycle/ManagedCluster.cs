using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Archive;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>All of the lifecycle's parts, wired as the service wires them, against one cluster.</summary>
internal sealed class ManagedCluster : IDisposable
{
    public static readonly LifecycleNames Names = new("aura-services", "aura-dead-letters");

    private readonly ElasticsearchClient _client;
    private readonly KibanaClient _kibana;
    private readonly AuraLogsMeter _meter = new();

    public ManagedCluster(Uri url, TimeProvider time, LifecycleOptions? options = null, bool local = true, KibanaOptions? kibana = null, LifecycleNames? names = null)
    {
        names ??= Names;
        Options = options ?? new LifecycleOptions();
        var elasticsearch = new ElasticsearchOptions { Urls = url.ToString() };

        // HTTP time-outs follow the real clock, whatever the test does to the cluster's.
        _client = new ElasticsearchClient(elasticsearch, () => url, TimeProvider.System);
        _kibana = new KibanaClient(kibana ?? new KibanaOptions(), elasticsearch, TimeProvider.System);
        Api = new ClusterApi(_client);
        Problems = new Problems(time);
        Reconciler = new Reconciler(Api, Options, names, local, time);
        Adoption = new IndexAdoption(Api, names, NullLogger<IndexAdoption>.Instance);
        Observer = new LifecycleObserver(Api, Options, names, time);
        Archive = new LogArchive(Api, Options, names, TimeProvider.System);
        Manager = new LifecycleManager(
            Reconciler, Adoption, Observer, new DataViews(_kibana, names), new LifecycleProblems(Problems, Options, names),
            new LifecycleMetrics(_meter), Gate, Options, TestLoops.New(), time, NullLogger<LifecycleManager>.Instance);
    }

    public LifecycleOptions Options { get; }

    public ClusterApi Api { get; }

    public Problems Problems { get; }

    public IndexGate Gate { get; } = new();

    public Reconciler Reconciler { get; }

    public IndexAdoption Adoption { get; }

    public LifecycleObserver Observer { get; }

    public LogArchive Archive { get; }

    public LifecycleManager Manager { get; }

    public IEnumerable<string> ProblemCodes => Problems.Current.Select(problem => problem.Code);

    public Task<LifecyclePass> PlanAsync() => Reconciler.RunAsync(apply: false, Options.TakeOver, CancellationToken.None);

    public Task<LifecyclePass> ApplyAsync() => Reconciler.RunAsync(apply: true, Options.TakeOver, CancellationToken.None);

    public async Task<LifecycleReport> ObserveAsync() => await Observer.ObserveAsync(await PlanAsync(), CancellationToken.None);

    public void Dispose()
    {
        Manager.Dispose();
        _kibana.Dispose();
        _client.Dispose();
        _meter.Dispose();
    }
}
