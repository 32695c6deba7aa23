using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Snapshots;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch.Lifecycle;

/// <summary>
/// Takes every managed index through the phases of its policy, each <c>indices.lifecycle.poll_interval</c>. An index's state
/// (<c>phase, action, step</c> and when each began) is kept with the index. Of the actions, <c>set_priority</c>,
/// <c>readonly</c>, <c>wait_for_snapshot</c> and <c>delete</c> act; <c>rollover</c> waits; the others have nothing to do on one node.
/// </summary>
internal sealed partial class IlmRunner : IDisposable
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly IlmPolicies _policies;
    private readonly IndexCatalog _catalog;
    private readonly ClusterStore _store;
    private readonly ClusterSettings _settings;
    private readonly SlmPolicies _snapshots;
    private readonly TimeProvider _time;
    private readonly ILogger<IlmRunner> _logger;
    private readonly ITimer _timer;
    private bool _isDisposed;

    public IlmRunner(
        IlmPolicies policies, IndexCatalog catalog, ClusterStore store, ClusterSettings settings, SlmPolicies snapshots, Background background, TimeProvider time,
        ILogger<IlmRunner> logger)
    {
        (_policies, _catalog, _store, _settings, _snapshots, _time, _logger) = (policies, catalog, store, settings, snapshots, time, logger);
        _timer = time.CreateTimer(_ => Poll(background), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _settings.Changed += Schedule;
        _catalog.Created += OnCreated;
    }

    public bool IsRunning
    {
        get => _store.Get("mode", "ilm")?["stopped"] is null;
        set => _store.Put("mode", "ilm", value ? [] : new JsonObject { ["stopped"] = true });
    }

    public void Start()
    {
        foreach (LocalIndex index in _catalog.All)
            if (index.Lifecycle.Count == 0)
                Step(index, isPoll: false);
        Schedule();
    }

    /// <summary>Looks at every index once.</summary>
    public void RunOnce()
    {
        lock (_gate)
        {
            if (_isDisposed || !IsRunning)
                return;
            foreach (LocalIndex index in _catalog.All)
                Step(index, isPoll: true);
        }
    }

    /// <summary>Puts an index at a step and goes on from there.</summary>
    public void Move(LocalIndex index, string phase, string action, string step)
    {
        lock (_gate)
        {
            JsonObject? policy = PolicyOf(index);
            index.Change(() =>
            {
                Enter(index, policy, phase);
                SetStep(index, action, step);
            });
            Step(index, isPoll: true);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private void Poll(Background background)
    {
        background.TryRun("ILM", RunOnce);
        Schedule();
    }

    private void Schedule()
    {
        lock (_gate)
            if (!_isDisposed)
                _timer.Change(_settings.Time("indices.lifecycle.poll_interval", DefaultInterval), Timeout.InfiniteTimeSpan);
    }

    private void OnCreated(LocalIndex index)
    {
        if (index.Settings.Flag("index.lifecycle.parse_origination_date"))
            IlmAge.Parse(index.Name);
        Step(index, isPoll: false);
    }

    private JsonObject? PolicyOf(LocalIndex index) => index.Settings["index.lifecycle.name"] is { Length: > 0 } name ? _policies.Find(name) : null;

    private void Step(LocalIndex index, bool isPoll)
    {
        if (PolicyOf(index) is not { } policy)
            return;
        try
        {
            bool isDone = false;
            index.Change(() => isDone = Advance(index, policy, isPoll));
            if (isDone)
            {
                _catalog.Delete(index);
                LogDeleted(_logger, index.Name);
            }
        }
        catch (SqliteException e)
        {
            // A full disk, for instance: the index is where it was, the next poll tries again.
            LogFailed(_logger, e, index.Name);
        }
        catch (Exception e) when (e is ElasticsearchException or IOException or FormatException)
        {
            LogFailed(_logger, e, index.Name);
            if (!index.IsDeleted)
                index.Change(() => Fail(index, e));
        }
    }

    /// <summary>As far as the index can go now; true when it is to be deleted.</summary>
    private bool Advance(LocalIndex index, JsonObject policy, bool isPoll)
    {
        JsonObject state = index.Lifecycle;
        if (state.Count == 0)
        {
            Enter(index, policy, "new");
            SetStep(index, "complete", "complete");
        }

        while (Json.Scalar(state["step"]) is "complete")
        {
            if (NextPhase(index, policy) is not { } next)
                return false;
            Enter(index, policy, next);
            BeginActions(index, (JsonObject)policy["policy"]!["phases"]![next]!["actions"]!);
            // Entering a phase is seen before it ends: the rest comes with the next poll.
            isPoll = false;
        }

        return isPoll && Continue(index, policy);
    }

    private string? NextPhase(LocalIndex index, JsonObject policy)
    {
        JsonObject phases = (JsonObject)policy["policy"]!["phases"]!;
        int current = Array.IndexOf(IlmPhases.InOrder, Json.Scalar(index.Lifecycle["phase"]));
        TimeSpan age = _time.GetUtcNow() - IlmAge.DateOf(index);
        foreach (string phase in IlmPhases.InOrder[(current + 1)..])
            if (phases[phase] is { } definition)
                return TimeValue.Parse(Json.Scalar(definition["min_age"])!, "min_age") <= age ? phase : null;
        return null;
    }

    private void BeginActions(LocalIndex index, JsonObject actions)
    {
        if (actions["set_priority"]?["priority"] is { } priority)
            index.Settings.Merge(new JsonObject { ["index.priority"] = Json.Scalar(priority) });
        if (actions["readonly"] is not null)
            index.Settings.Merge(new JsonObject { ["index.blocks.write"] = "true" });
        if (actions["wait_for_snapshot"] is not null)
            SetStep(index, "wait_for_snapshot", "wait-for-snapshot");
        else if (actions["delete"] is not null)
            SetStep(index, "delete", "wait-for-shard-history-leases");
        else if (actions["rollover"] is not null)
            SetStep(index, "rollover", "check-rollover-ready");
        else
            SetStep(index, "complete", "complete");
    }

    private bool Continue(LocalIndex index, JsonObject policy)
    {
        JsonObject state = index.Lifecycle;
        JsonNode? actions = policy["policy"]!["phases"]!["delete"]?["actions"];
        switch (Json.Scalar(state["step"]))
        {
            case "wait-for-snapshot":
                // A changed policy may have stopped asking for a snapshot.
                string? waitedFor = Json.Scalar(actions?["wait_for_snapshot"]?["policy"]);
                if (waitedFor is not null && !(_snapshots.LastSuccessMillis(waitedFor) >= state["action_time_millis"]!.GetValue<long>()))
                {
                    state["step_info"] = _snapshots.Find(waitedFor) is null
                        ? new JsonObject { ["type"] = "illegal_state_exception", ["reason"] = $"configured policy '{waitedFor}' not found" }
                        : new JsonObject { ["message"] = $"waiting for policy '{waitedFor}' to be executed since {Iso(state["action_time_millis"]!.GetValue<long>())}" };
                    return false;
                }

                state.Remove("step_info");
                if (actions?["delete"] is null)
                    SetStep(index, "complete", "complete");
                else
                    SetStep(index, "delete", "wait-for-shard-history-leases");
                return false;
            case "wait-for-shard-history-leases" or "cleanup-snapshot" or "delete":
                return true;
            default:
                return false;
        }
    }

    private void Enter(LocalIndex index, JsonObject? policy, string phase)
    {
        JsonObject state = index.Lifecycle;
        state["phase"] = phase;
        state["phase_time_millis"] = _time.GetUtcNow().ToUnixTimeMilliseconds();
        JsonObject execution = new() { ["policy"] = index.Settings["index.lifecycle.name"] };
        if (policy?["policy"]?["phases"]?[phase] is { } definition)
            execution["phase_definition"] = definition.DeepClone();
        execution["version"] = policy?["version"]?.DeepClone();
        execution["modified_date_in_millis"] = policy?["modified_date_millis"]?.DeepClone();
        state["phase_execution"] = execution;
    }

    private void SetStep(LocalIndex index, string action, string step)
    {
        JsonObject state = index.Lifecycle;
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Json.Scalar(state["action"]) != action)
            state["action_time_millis"] = now;
        state["action"] = action;
        state["step"] = step;
        state["step_time_millis"] = now;
    }

    private void Fail(LocalIndex index, Exception e)
    {
        JsonObject state = index.Lifecycle;
        state["failed_step"] = Json.Scalar(state["step"]);
        SetStep(index, Json.Scalar(state["action"]) ?? "complete", "ERROR");
        state["step_info"] = new JsonObject { ["type"] = (e as ElasticsearchException)?.Type ?? "exception", ["reason"] = e.Message };
    }

    private static string Iso(long millis) =>
        DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "ILM deleted the index {Index}")]
    private static partial void LogDeleted(ILogger logger, string index);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ILM failed on the index {Index}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string index);
}
