using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>Takes the snapshots of the SLM policies on their schedules and deletes what their retention no longer keeps.</summary>
internal sealed partial class SlmRunner : IDisposable
{
    private const string DefaultRetentionSchedule = "0 30 1 * * ?";

    /// <summary>A timer can't wait longer than 49 days, and a clock may be set: look again at least this often.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SlmPolicies _policies;
    private readonly SnapshotService _snapshots;
    private readonly Repositories _repositories;
    private readonly ClusterStore _store;
    private readonly ClusterSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<SlmRunner> _logger;
    private readonly Dictionary<string, JsonObject> _running = [];
    private readonly ITimer _timer;
    private DateTimeOffset _lastRun;
    private bool _isDisposed;
    private bool _isRetaining;

    public SlmRunner(
        SlmPolicies policies, SnapshotService snapshots, Repositories repositories, ClusterStore store, ClusterSettings settings, Background background,
        TimeProvider time, ILogger<SlmRunner> logger)
    {
        (_policies, _snapshots, _repositories, _store, _settings, _time, _logger) = (policies, snapshots, repositories, store, settings, time, logger);
        _lastRun = time.GetUtcNow();
        _timer = time.CreateTimer(_ => Poll(background), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _settings.Changed += Schedule;
        _policies.Changed += Schedule;
    }

    public bool IsRunning
    {
        get => _store.Get("mode", "slm")?["stopped"] is null;
        set => _store.Put("mode", "slm", value ? [] : new JsonObject { ["stopped"] = true });
    }

    public void Start() => Schedule();

    /// <summary>What a policy is taking right now.</summary>
    public JsonObject? InProgress(string policy)
    {
        lock (_gate)
            return (JsonObject?)_running.GetValueOrDefault(policy)?.DeepClone();
    }

    /// <summary>When a policy runs next.</summary>
    public DateTimeOffset? NextRun(JsonObject policy) =>
        CronSchedule.TryParse(Json.Scalar(policy["policy"]!["schedule"])!, out CronSchedule? schedule) ? schedule.After(_time.GetUtcNow()) : null;

    /// <summary>Starts a policy's snapshot now.</summary>
    /// <returns>The snapshot's name.</returns>
    public string Execute(string name)
    {
        JsonObject policy = _policies.Find(name)?["policy"] as JsonObject ?? throw Errors.IllegalArgument($"no such snapshot lifecycle policy [{name}]");
        string snapshot = $"{DateMathName.Resolve(Json.Scalar(policy["name"])!, _time.GetUtcNow())}-{Ids.Uuid().ToLowerInvariant().Trim('-', '_')}";
        _snapshots.Start(() => TakeAsync(name, snapshot, policy));
        return snapshot;
    }

    /// <summary>
    /// Deletes, for each policy with retention, what is too old or too much. One run at a time, as in Elasticsearch: two would stumble over
    /// each other's deletions.
    /// </summary>
    public async Task RetainAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_isRetaining)
                return;
            _isRetaining = true;
        }

        long start = _time.GetTimestamp();
        bool failed;
        try
        {
            failed = await RetainAllAsync(cancel);
        }
        finally
        {
            lock (_gate)
                _isRetaining = false;
        }

        // Whoever sees that a run has ended can start the next one.
        _policies.Record("", "retention_runs");
        if (failed)
            _policies.Record("", "retention_failed");
        _policies.Record("", "retention_deletion_time_millis", (int)_time.GetElapsedTime(start).TotalMilliseconds);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    /// <returns>Whether the retention of a policy failed.</returns>
    private async Task<bool> RetainAllAsync(CancellationToken cancel)
    {
        bool failed = false;
        foreach ((string name, JsonObject value) in _policies.All())
        {
            if (value["policy"]!["retention"] is not JsonObject retention)
                continue;
            try
            {
                await RetainAsync(name, Json.Scalar(value["policy"]!["repository"])!, retention, cancel);
            }
            catch (Exception e) when (e is ElasticsearchException or IOException or UnauthorizedAccessException)
            {
                failed = true;
                LogRetentionFailed(_logger, e, name);
            }
        }

        return failed;
    }

    private void Poll(Background background)
    {
        background.TryRun("SLM", RunDue);
        if (!background.TryRun("SLM", Schedule))
            Arm(WaitAfterFailure);
    }

    private void RunDue()
    {
        DateTimeOffset from, now = _time.GetUtcNow();
        lock (_gate)
            (from, _lastRun) = (_lastRun, now);
        if (IsRunning)
        {
            foreach ((string name, JsonObject policy) in _policies.All())
                if (CronSchedule.TryParse(Json.Scalar(policy["policy"]!["schedule"])!, out CronSchedule? schedule) && schedule.After(from) <= now)
                    Execute(name);
            if (RetentionSchedule()?.After(from) <= now)
                _snapshots.Start(() => RetainAsync(CancellationToken.None));
        }
    }

    private void Schedule()
    {
        DateTimeOffset now = _time.GetUtcNow();
        IEnumerable<DateTimeOffset?> times = _policies.All().Select(policy => NextRun(policy.Value)).Append(RetentionSchedule()?.After(now));
        TimeSpan wait = times.Min() - now ?? LongestWait;
        Arm(wait < LongestWait ? wait : LongestWait);
    }

    private void Arm(TimeSpan wait)
    {
        lock (_gate)
        {
            if (!_isDisposed)
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private CronSchedule? RetentionSchedule() =>
        CronSchedule.TryParse(_settings["slm.retention_schedule"] ?? DefaultRetentionSchedule, out CronSchedule? schedule) ? schedule : null;

    private async Task TakeAsync(string name, string snapshot, JsonObject policy)
    {
        DateTimeOffset start = _time.GetUtcNow();
        try
        {
            JsonObject config = policy["config"] as JsonObject ?? [];
            SnapshotPlan plan = await _snapshots.PlanAsync(
                Json.Scalar(policy["repository"])!, snapshot, config, new JsonObject { ["policy"] = name }, CancellationToken.None);
            lock (_gate)
            {
                _running[name] = new JsonObject
                {
                    ["name"] = snapshot,
                    ["uuid"] = plan.Info["uuid"]!.DeepClone(),
                    ["state"] = "STARTED",
                    ["start_time_millis"] = start.ToUnixTimeMilliseconds(),
                };
            }

            JsonObject info = await _snapshots.RunAsync(plan, CancellationToken.None);
            if (Json.Scalar(info["state"]) != "SUCCESS")
                throw new ElasticsearchException(500, "snapshot_exception",
                    $"failed to create snapshot successfully, {info["shards"]!["failed"]} out of {info["shards"]!["total"]} total shards failed");
            JsonObject success = new()
            {
                ["snapshot_name"] = snapshot,
                ["start_time"] = start.ToUnixTimeMilliseconds(),
                ["time"] = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            _policies.Record(name, "snapshots_taken", last: ("last_success", success));
        }
        catch (Exception e) when (e is ElasticsearchException or IOException or UnauthorizedAccessException)
        {
            LogFailed(_logger, e, name, snapshot);
            JsonObject details = (e as ElasticsearchException ?? new ElasticsearchException(500, "i_o_exception", e.Message)).ToError();
            JsonObject failure = new()
            {
                ["snapshot_name"] = snapshot,
                ["time"] = _time.GetUtcNow().ToUnixTimeMilliseconds(),
                ["details"] = Json.ToText(details),
            };
            _policies.Record(name, "snapshots_failed", last: ("last_failure", failure));
        }
        finally
        {
            lock (_gate)
                _running.Remove(name);
        }
    }

    private async Task RetainAsync(string name, string repository, JsonObject retention, CancellationToken cancel)
    {
        List<JsonObject> own = [.. (await SnapshotService.ListAsync(_repositories.Get(repository), cancel))
            .Where(info => Json.Scalar(info["metadata"]?["policy"]) == name)
            .OrderBy(info => info["start_time_in_millis"]!.GetValue<long>())];
        foreach (JsonObject info in SlmRetention.Expired(own, retention, _time.GetUtcNow()))
        {
            await _snapshots.DeleteAsync(repository, Json.Scalar(info["snapshot"])!, cancel);
            _policies.Record(name, "snapshots_deleted");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "SLM policy {Policy}: the snapshot {Snapshot} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string policy, string snapshot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SLM policy {Policy}: retention failed")]
    private static partial void LogRetentionFailed(ILogger logger, Exception exception, string policy);
}
