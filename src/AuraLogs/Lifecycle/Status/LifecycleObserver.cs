using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
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
            catch (ClusterRefusedException e) when (e.IsBlock)
            {
                blind.Add($"A block on the cluster keeps AuraLogs from looking at {what[..what.IndexOf(':', StringComparison.Ordinal)]} ({e.Reason.TrimEnd(';')}).");
                return otherwise;
            }
            catch (ClusterRefusedException e) when (e.Status is 401 or 403)
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
            : [.. indices.Select(index => Read(index.Key, index.Value, features)).OrderBy(index => index.Name, StringComparer.Ordinal)];
    }

    private IndexStatus Read(string name, JsonNode? explain, ClusterFeatures features)
    {
        var deadLetters = name.StartsWith(names.DeadLetterPrefix + "-", StringComparison.Ordinal);
        var days = PolicyBody.AgeInDays(deadLetters ? options.DeadLetterIndexDays : options.RetentionDays, features);
        var info = explain.At("step_info");
        var reason = info.At("reason").Text() ?? info.At("message").Text();
        return new IndexStatus(
            name,
            explain.At("managed").Flag() == true ? explain.At("policy").Text() : null,
            IndexDay.Parse(name)?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddDays(days),
            string.Join('/', Where.Select(part => explain.At(part).Text()).OfType<string>().Distinct()),
            explain.At("step").Text() == "ERROR" || explain.At("phase") is null ? reason : null);
    }

    private async Task<SnapshotStatus?> ReadSnapshotsAsync(CancellationToken cancellationToken)
    {
        var answer = await cluster.GetAsync($"/_slm/policy/{names.SnapshotPolicy}", cancellationToken);
        return answer?[names.SnapshotPolicy] is not JsonObject policy ? null : new SnapshotStatus(
            policy.At("last_success").At("time").Moment(),
            policy.At("last_success").At("snapshot_name").Text(),
            policy.At("last_failure").At("time").Moment(),
            FailureReason(policy.At("last_failure").At("details").Text()),
            policy.At("next_execution_millis").Moment(),
            policy.At("in_progress").At("name").Text(),
            policy.At("stats").At("snapshots_taken").Number() ?? 0,
            policy.At("stats").At("snapshots_failed").Number() ?? 0,
            policy.At("stats").At("snapshots_deleted").Number() ?? 0,
            policy.At("modified_date_millis").Moment());
    }

    private async Task<bool> IsRunningAsync(string path, CancellationToken cancellationToken) =>
        (await cluster.GetAsync(path, cancellationToken)).At("operation_mode").Text() == "RUNNING";

    /// <summary>The details are JSON in a string, with a stack trace that nobody wants.</summary>
    private static string? FailureReason(string? details)
    {
        try
        {
            return details is null ? null : PeerJson.ParseNode(Encoding.UTF8.GetBytes(details)).At("reason").Text() ?? details;
        }
        catch (System.Text.Json.JsonException)
        {
            return details;
        }
    }
}
