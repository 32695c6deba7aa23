using System.Text.Json.Nodes;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Lifecycle.Status;

/// <summary>Asks ILM and SLM how our indices and snapshots are. It changes nothing.</summary>
internal sealed class LifecycleObserver(ClusterApi cluster, LifecycleOptions options, LifecycleNames names, TimeProvider time)
{
    private static readonly string[] Where = ["phase", "action", "step"];

    public async Task<LifecycleReport> ObserveAsync(LifecyclePass pass, CancellationToken cancellationToken)
    {
        List<string> blind = [];
        return new LifecycleReport(
            time.GetUtcNow(),
            pass,
            await LookAsync(
                () => ReadIndicesAsync(pass.Features, cancellationToken), [],
                $"the indices: give its user the index privilege view_index_metadata on {names.IndexPattern} and {names.DeadLetterPattern}"),
            options.Snapshots
                ? await LookAsync(() => ReadSnapshotsAsync(cancellationToken), null, "the snapshots: give its user the cluster privilege read_slm")
                : null,
            await LookAsync(() => IsRunningAsync("/_ilm/status", cancellationToken), true, "ILM: give its user the cluster privilege read_ilm"),
            await LookAsync(() => IsRunningAsync("/_slm/status", cancellationToken), true, "SLM: give its user the cluster privilege read_slm"),
            blind);

        async Task<T> LookAsync<T>(Func<Task<T>> look, T otherwise, string what)
        {
            try
            {
                return await look();
            }
            catch (ClusterRefusedException e) when (e.Status == 403)
            {
                blind.Add($"AuraLogs may not look at {what}.");
                return otherwise;
            }
        }
    }

    /// <summary>Lets every node write to the repository and read it back. It is work, so it is done for people only.</summary>
    /// <returns>What is wrong; null when all is well.</returns>
    public async Task<string?> CheckRepositoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.PostAsync($"/_snapshot/{options.Repository.Name}/_verify", null, cancellationToken);
            return null;
        }
        catch (ClusterRefusedException e)
        {
            return e.Reason;
        }
    }

    private async Task<IReadOnlyList<IndexStatus>> ReadIndicesAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        var answer = await cluster.GetAsync($"/{names.IndexPattern},{names.DeadLetterPattern}/_ilm/explain", cancellationToken);
        return answer?["indices"] is not JsonObject indices
            ? []
            : [.. indices.Select(index => Read(index.Key, index.Value!.AsObject(), features)).OrderBy(index => index.Name, StringComparer.Ordinal)];
    }

    private IndexStatus Read(string name, JsonObject explain, ClusterFeatures features)
    {
        var deadLetters = name.StartsWith(names.DeadLetterPrefix + "-", StringComparison.Ordinal);
        var days = PolicyBody.AgeInDays(deadLetters ? options.DeadLetterIndexDays : options.RetentionDays, features);
        var info = explain["step_info"];
        var reason = (string?)info?["reason"] ?? (string?)info?["message"];
        return new IndexStatus(
            name,
            (bool?)explain["managed"] == true ? (string?)explain["policy"] : null,
            IndexDay.Parse(name)?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddDays(days),
            string.Join('/', Where.Select(part => (string?)explain[part]).OfType<string>().Distinct()),
            (string?)explain["step"] == "ERROR" || explain["phase"] is null ? reason : null);
    }

    private async Task<SnapshotStatus?> ReadSnapshotsAsync(CancellationToken cancellationToken)
    {
        var answer = await cluster.GetAsync($"/_slm/policy/{names.SnapshotPolicy}", cancellationToken);
        return answer?[names.SnapshotPolicy] is not JsonObject policy ? null : new SnapshotStatus(
            Time(policy["last_success"]?["time"]),
            (string?)policy["last_success"]?["snapshot_name"],
            Time(policy["last_failure"]?["time"]),
            FailureReason((string?)policy["last_failure"]?["details"]),
            Time(policy["next_execution_millis"]),
            (string?)policy["in_progress"]?["name"],
            (long?)policy["stats"]?["snapshots_taken"] ?? 0,
            (long?)policy["stats"]?["snapshots_failed"] ?? 0,
            (long?)policy["stats"]?["snapshots_deleted"] ?? 0,
            Time(policy["modified_date_millis"]));
    }

    private async Task<bool> IsRunningAsync(string path, CancellationToken cancellationToken) =>
        (string?)(await cluster.GetAsync(path, cancellationToken))?["operation_mode"] == "RUNNING";

    /// <summary>The details are JSON in a string, with a stack trace that nobody wants.</summary>
    private static string? FailureReason(string? details)
    {
        try
        {
            return details is null ? null : (string?)JsonNode.Parse(details)?["reason"] ?? details;
        }
        catch (System.Text.Json.JsonException)
        {
            return details;
        }
    }

    private static DateTimeOffset? Time(JsonNode? milliseconds) =>
        (long?)milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
