using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using AuraLogs.Telemetry;

namespace AuraLogs.Lifecycle;

/// <summary>
/// The reconcile loop: at the start and every few minutes, what is in the cluster is brought to what should be there, and what
/// ILM and SLM do is looked at. It never touches intake; indexing waits for its first good pass (see <see cref="IndexGate"/>).
/// </summary>
internal sealed partial class LifecycleManager(
    Reconciler reconciler,
    IndexAdoption adoption,
    LifecycleObserver observer,
    DataViews dataViews,
    LifecycleProblems problems,
    LifecycleMetrics metrics,
    IndexGate gate,
    LifecycleOptions options,
    Loops loops,
    TimeProvider time,
    ILogger<LifecycleManager> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);

    private readonly DriftWatch _drift = new();
    private long? _firstAnswer;
    private volatile LifecycleReport? _latest;

    /// <summary>What the last pass left; null before the first.</summary>
    public LifecycleReport? Latest => _latest;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Enabled)
            return loops.RunAsync("lifecycle manager", RunAsync, stoppingToken);
        gate.Open();
        return Task.CompletedTask;
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var retry = FirstRetry;
        while (!stoppingToken.IsCancellationRequested)
        {
            var inPlace = await PassAsync(stoppingToken);
            retry = inPlace ? FirstRetry : Min(retry * 2, options.ReconcileInterval);
            var wait = inPlace ? options.ReconcileInterval : retry;
            await Task.Delay(wait * (0.9 + (0.2 * Random.Shared.NextDouble())), time, stoppingToken);
        }
    }

    /// <returns>Whether everything is as it should be.</returns>
    private async Task<bool> PassAsync(CancellationToken cancellationToken)
    {
        using var trace = AuraLogsTraces.Source.StartActivity("lifecycle pass");
        try
        {
            // 1. Put right what differs.
            var pass = await reconciler.RunAsync(apply: true, options.TakeOver, cancellationToken);
            foreach (var resource in pass.Resources.Where(resource => resource.Change != ResourceChange.None))
                LogChange(resource);

            // 2. Let events in, as soon as new indices get their template.
            OpenGate(pass);

            // 3. What hangs on it: indices from before, and Kibana.
            if (options.TakeOver)
                await adoption.RunAsync(pass.Features, cancellationToken);
            pass = pass with { Resources = [.. pass.Resources, .. await dataViews.RunAsync(pass.Features, apply: true, cancellationToken)] };

            // 4. See what ILM and SLM make of it, and say so.
            var report = await observer.ObserveAsync(pass, cancellationToken);
            problems.Show(report, _drift.Note(pass.Resources));
            metrics.Report(report, options.SnapshotOverdueAfter);
            _latest = report;
            return pass.InPlace;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is ElasticsearchUnavailableException or ClusterRefusedException)
        {
            problems.Unreachable(e.Message);
            metrics.Failed();
            return false;
        }
        catch (Exception e)
        {
            // Whatever the cluster answers, or a template file has become: it must not take the intake down with it.
            problems.Unreachable(e.Message);
            metrics.Failed();
            LogUnexpected(e);
            return false;
        }
    }

    /// <summary>
    /// Events wait for the templates, but not forever: where they are refused, a full queue would in the end stop the senders, and
    /// an index with default mappings is the lesser evil.
    /// </summary>
    private void OpenGate(LifecyclePass pass)
    {
        _firstAnswer ??= time.GetTimestamp();
        if (gate.IsOpen)
            return;
        if (!pass.ReadyForEvents)
        {
            var left = options.HoldIndexing - time.GetElapsedTime(_firstAnswer.Value);
            if (left > TimeSpan.Zero)
            {
                problems.HoldsIndexing(left);
                return;
            }

            LogWithout(options.HoldIndexing);
        }

        problems.LetsIndexingGo();
        gate.Open();
    }

    private void LogChange(ResourceReport resource)
    {
        if (resource.Change == ResourceChange.Created)
            LogCreated(resource.Kind, resource.Name);
        else
            LogRepaired(resource.Kind, resource.Name, string.Join(", ", resource.Differences.Select(difference => difference.Field)));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(LogLevel.Information, "Made the {kind} {name}")]
    private partial void LogCreated(string kind, string name);

    [LoggerMessage(LogLevel.Warning, "Put the {kind} {name} right: {fields} differed")]
    private partial void LogRepaired(string kind, string name, string fields);

    [LoggerMessage(LogLevel.Error, "Templates, policies and snapshots can't be checked, trying again")]
    private partial void LogUnexpected(Exception exception);

    [LoggerMessage(LogLevel.Error, "The index templates have been refused for {wait}: indexing goes on without")]
    private partial void LogWithout(TimeSpan wait);
}
