using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Archive;

/// <summary>
/// The days of logs in the snapshots: finds them, restores them beside the live indices, and removes them again
/// (https://www.elastic.co/guide/en/elasticsearch/reference/current/restore-snapshot-api.html).
/// </summary>
internal sealed class LogArchive(ClusterApi cluster, LifecycleOptions options, LifecycleNames names, TimeProvider time)
{
    /// <summary>How long a restore may stand still before it is given up.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromMinutes(5);

    /// <summary>How long a restored index may be without numbers: right after green Elasticsearch does not have them yet.</summary>
    private static readonly TimeSpan NumbersWithin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A restored index keeps its age: with its lifecycle settings, ILM would delete it at once.</summary>
    private static readonly string[] LifecycleSettings =
        ["index.lifecycle.name", "index.lifecycle.parse_origination_date", "index.lifecycle.origination_date", "index.lifecycle.indexing_complete"];

    /// <returns>Every day that a snapshot holds whole, the oldest first.</returns>
    /// <exception cref="ClusterRefusedException">There is no such repository, or it may not be read.</exception>
    public async Task<IReadOnlyList<ArchivedDay>> ListAsync(CancellationToken cancellationToken)
    {
        var answer = await cluster.GetAsync($"/_snapshot/{options.Repository.Name}/_all", cancellationToken)
            ?? throw new ClusterRefusedException(404, "repository_missing_exception", $"there is no snapshot repository {options.Repository.Name}");
        var snapshots = answer.At("snapshots").Objects().Select(Read).OrderByDescending(snapshot => snapshot.Started);
        return
        [
            .. snapshots
                .SelectMany(snapshot => snapshot.Indices.Select(index => (index, snapshot)))
                .GroupBy(pair => pair.index, pair => pair.snapshot, StringComparer.Ordinal)
                .Where(index => IsOurs(index.Key))
                .Select(index => new ArchivedDay(IndexDay.Parse(index.Key)!.Value, index.Key, [.. index]))
                .OrderBy(day => day.Day),
        ];
    }

    public async Task<IReadOnlyList<RestoredIndex>> ListRestoredAsync(CancellationToken cancellationToken)
    {
        var answer = await cluster.GetListAsync(
            $"/_cat/indices/{names.RestoredPattern}?format=json&h=index,docs.count,store.size", cancellationToken);
        return
        [
            .. answer
                .Select(index => (Name: index.At("index").Text() ?? "", Json: index))
                .Where(index => IndexDay.Parse(index.Name) is not null)
                .Select(index => new RestoredIndex(
                    index.Name,
                    IndexDay.Parse(index.Name)!.Value,
                    long.TryParse(index.Json.At("docs.count").Text(), CultureInfo.InvariantCulture, out var documents) ? documents : null,
                    index.Json.At("store.size").Text()))
                .OrderBy(index => index.Day),
        ];
    }

    /// <summary>Starts to restore the days, which is one request for all days of one snapshot. It does not wait for the end.</summary>
    /// <returns>The names of the indices that will be there.</returns>
    public async Task<IReadOnlyList<string>> StartRestoreAsync(
        IEnumerable<(ArchivedDay Day, ArchiveSnapshot Snapshot)> days, CancellationToken cancellationToken)
    {
        List<string> restored = [];
        foreach (var snapshot in days.GroupBy(day => day.Snapshot.Name, day => day.Day, StringComparer.Ordinal))
        {
            await cluster.PostAsync(
                $"/_snapshot/{options.Repository.Name}/{Uri.EscapeDataString(snapshot.Key)}/_restore",
                new JsonObject
                {
                    ["indices"] = string.Join(',', snapshot.Select(day => day.Index)),
                    ["include_global_state"] = false,
                    ["include_aliases"] = false,
                    ["rename_pattern"] = "(.+)",
                    ["rename_replacement"] = LifecycleNames.RestoredPrefix + "$1",
                    ["ignore_index_settings"] = new JsonArray([.. LifecycleSettings.Select(setting => JsonValue.Create(setting))]),
                    ["index_settings"] = new JsonObject { ["index.number_of_replicas"] = 0 },
                },
                cancellationToken);
            restored.AddRange(snapshot.Select(day => LifecycleNames.RestoredPrefix + day.Index));
        }

        return restored;
    }

    /// <summary>Waits until every index can be searched.</summary>
    /// <param name="indices">As <see cref="StartRestoreAsync"/> gave them.</param>
    /// <param name="report">Called at each look.</param>
    /// <param name="cancellationToken">Ends the waiting, not the restore.</param>
    /// <exception cref="TimeoutException">Nothing has moved for minutes.</exception>
    public async Task WaitAsync(IReadOnlyList<string> indices, Action<RestoreProgress> report, CancellationToken cancellationToken)
    {
        var last = default(RestoreProgress);
        var moved = time.GetTimestamp();
        while (true)
        {
            var progress = await LookAsync(indices, cancellationToken);
            report(progress);
            if (progress.IsDone)
                return;
            if (progress != last)
                (last, moved) = (progress, time.GetTimestamp());
            else if (time.GetElapsedTime(moved) > Stalled)
                throw new TimeoutException($"the restore has not moved for {Stalled.TotalMinutes} minutes: GET _cluster/allocation/explain says why");
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <returns>The restored days, with how many events each has; without that where Elasticsearch does not say in time.</returns>
    public async Task<IReadOnlyList<RestoredIndex>> ListRestoredAsync(DayRange days, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var restored = (await ListRestoredAsync(cancellationToken)).Where(index => days.Contains(index.Day)).ToList();
            if (restored.TrueForAll(index => index is { Documents: not null, Size: not null }) || time.GetElapsedTime(begin) >= NumbersWithin)
                return restored;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <returns>False when it was not there.</returns>
    public Task<bool> DropAsync(RestoredIndex index, CancellationToken cancellationToken) =>
        cluster.DeleteAsync($"/{Uri.EscapeDataString(index.Name)}", cancellationToken);

    private async Task<RestoreProgress> LookAsync(IReadOnlyList<string> indices, CancellationToken cancellationToken)
    {
        long recovered = 0;
        long total = 0;
        var done = true;

        // One index a request: a year of names does not fit in a request line.
        foreach (var index in indices)
        {
            foreach (var shard in await cluster.GetListAsync($"/_cat/recovery/{index}?format=json&bytes=b", cancellationToken))
            {
                recovered += Bytes(shard["bytes_recovered"]);
                total += Bytes(shard["bytes_total"]);
            }

            var health = await cluster.GetAsync($"/_cluster/health/{index}?timeout=1s", cancellationToken);
            done &= health.At("status").Text() is "green" or "yellow";
        }

        return new RestoreProgress(recovered, total, done);
    }

    private bool IsOurs(string index) =>
        IndexDay.Parse(index) is { } day && index == IndexDay.Name(names.IndexPrefix, day);

    /// <summary>A partial snapshot still holds whole indices: all but those with a failure.</summary>
    private static ArchiveSnapshot Read(JsonObject snapshot)
    {
        var failed = snapshot.At("failures").Objects().Select(failure => failure.At("index").Text()).ToHashSet();
        var usable = snapshot.At("state").Text() is "SUCCESS" or "PARTIAL";
        return new ArchiveSnapshot(
            snapshot.At("snapshot").Text() ?? "",
            snapshot.At("start_time_in_millis").Moment() ?? DateTimeOffset.UnixEpoch,
            usable ? [.. snapshot.At("indices").Texts().Where(index => !failed.Contains(index))] : []);
    }

    private static long Bytes(JsonNode? text) => long.TryParse(text.Text(), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
}
