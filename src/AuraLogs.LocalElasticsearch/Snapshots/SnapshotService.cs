using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>Takes, restores and deletes snapshots, one at a time.</summary>
internal sealed class SnapshotService(
    Background background, Repositories repositories, IndexCatalog catalog, IndexExpressions expressions, ElasticsearchVersion version, TimeProvider time, string scratch)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _gate = new();
    private readonly List<Task> _background = [];

    /// <summary>Restores since the start, for <c>_cat/recovery</c>: by index.</summary>
    public Dictionary<string, JsonObject> Recoveries { get; } = [];

    /// <summary>The snapshot that is being taken, with its repository.</summary>
    public (string Repository, JsonObject Info)? Current { get; private set; }

    /// <summary>Checks a request for a snapshot and says what it will be; <see cref="RunAsync"/> then takes it.</summary>
    public async Task<SnapshotPlan> PlanAsync(string repositoryName, string name, JsonObject body, JsonNode? metadata, CancellationToken cancel)
    {
        Repository repository = repositories.Get(repositoryName);
        CheckName(repositoryName, name);
        bool exists = (await ListAsync(repository, cancel)).Exists(info => Json.Scalar(info["snapshot"]) == name);
        if (exists || (Current is { } current && Json.Scalar(current.Info["snapshot"]) == name && current.Repository == repositoryName))
        {
            throw new ElasticsearchException(
                400, "invalid_snapshot_name_exception",
                $"[{repositoryName}:{name}] Invalid snapshot name [{name}], snapshot with the same name already exists");
        }

        string expression = string.Join(',', Json.Strings(body["indices"]));
        List<LocalIndex> indices = expressions.Resolve(expression, Json.Flag(body["ignore_unavailable"]) ?? false, true, closedToo: true);
        JsonObject info = new()
        {
            ["snapshot"] = name,
            ["uuid"] = Ids.Uuid(),
            ["version_id"] = version.Id,
            ["version"] = version.ToString(),
            ["indices"] = new JsonArray([.. indices.Select(index => (JsonNode?)index.Name)]),
            ["include_global_state"] = Json.Flag(body["include_global_state"]) ?? true,
        };
        if (version.AtLeast(7, 14))
            info.Insert(2, "repository", repositoryName);
        if (!version.HasTypes)
            info["data_streams"] = new JsonArray();
        if ((metadata ?? body["metadata"]) is { } meta)
            info["metadata"] = meta.DeepClone();
        return new SnapshotPlan(repository, info, indices, Json.Flag(body["partial"]) ?? false);
    }

    /// <summary>Copies the indices into the repository.</summary>
    /// <returns>The finished snapshot's description.</returns>
    public async Task<JsonObject> RunAsync(SnapshotPlan plan, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            DateTimeOffset start = time.GetUtcNow();
            JsonObject info = plan.Info;
            SetTime(info, "start_time", start);
            Current = (plan.Repository.Name, info);
            JsonObject manifest = [];
            JsonArray failures = [];
            foreach (LocalIndex index in plan.Indices)
                await CopyAsync(plan, index, manifest, failures, cancel);
            Finish(plan, info, manifest, failures, start);
            await plan.Repository.AddAsync(info, manifest, cancel);
            return info;
        }
        finally
        {
            Current = null;
            _one.Release();
        }
    }

    /// <summary>Runs it in the background.</summary>
    public void Start(Func<Task> work)
    {
        lock (_gate)
        {
            _background.RemoveAll(task => task.IsCompleted);
            _background.Add(Task.Run(() => background.RunAsync("A snapshot or its deletion", work)));
        }
    }

    /// <summary>Waits for what was started.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
            return Task.WhenAll(_background);
    }

    public static async Task<List<JsonObject>> ListAsync(Repository repository, CancellationToken cancel)
    {
        try
        {
            return await repository.ListAsync(cancel);
        }
        catch (IOException e)
        {
            throw new ElasticsearchException(500, "repository_exception", $"[{repository.Name}] could not read repository data")
            {
                CausedBy = new ElasticsearchException(500, "i_o_exception", e.Message),
            };
        }
    }

    public async Task DeleteAsync(string repositoryName, string name, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            Repository repository = repositories.Get(repositoryName);
            JsonObject info = (await ListAsync(repository, cancel)).Find(info => Json.Scalar(info["snapshot"]) == name) ?? throw Missing(repositoryName, name);
            await repository.DeleteAsync(info, cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task<int> CleanUpAsync(string repositoryName, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            return await repositories.Get(repositoryName).CleanUpAsync(cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Brings indices back, under new names when asked.</summary>
    public async Task<List<string>> RestoreAsync(string repositoryName, string name, JsonObject body, CancellationToken cancel)
    {
        Repository repository = repositories.Get(repositoryName);
        JsonObject info = (await ListAsync(repository, cancel)).Find(info => Json.Scalar(info["snapshot"]) == name)
            ?? throw RestoreRefused(repositoryName, name, "snapshot does not exist");
        JsonObject manifest = await repository.ManifestAsync(info, cancel);
        List<string> wanted = Wanted(manifest, Json.Strings(body["indices"]), Json.Flag(body["ignore_unavailable"]) ?? false);
        List<(string From, string To)> names = [.. wanted.Select(from => (from, Renamed(from, body)))];
        foreach ((_, string to) in names)
        {
            IndexNames.Check(to);
            if (catalog.Find(to) is { IsClosed: false })
            {
                throw RestoreRefused(
                    repositoryName, $"{name}/{Json.Scalar(info["uuid"])}",
                    $"cannot restore index [{to}] because an open index with same name already exists in the cluster. Either close or delete the existing index "
                    + "or restore the index under a different name by providing a rename pattern and replacement name");
            }
        }

        foreach ((string from, string to) in names)
            await RestoreAsync(repository, name, manifest[from]!, to, body, cancel);
        return [.. names.Select(pair => pair.To)];
    }

    public void Dispose() => _one.Dispose();

    public static ElasticsearchException Missing(string repository, string name) =>
        new(404, "snapshot_missing_exception", $"[{repository}:{name}] is missing");

    private async Task CopyAsync(SnapshotPlan plan, LocalIndex index, JsonObject manifest, JsonArray failures, CancellationToken cancel)
    {
        if (ClusterHealth.StatusOf(index) == "red")
        {
            failures.Add(new JsonObject
            {
                ["index"] = index.Name,
                ["index_uuid"] = index.Name,
                ["shard_id"] = 0,
                ["reason"] = "primary shard is not allocated",
                ["status"] = "INTERNAL_SERVER_ERROR",
            });
            return;
        }

        string copy = Scratch();
        try
        {
            lock (index.Shard.Gate)
            {
                if (index.IsDeleted)
                    throw Errors.IndexNotFound(index.Name);
                index.Shard.CopyTo(copy);
            }

            (JsonObject entry, int blocks, long bytes) = await plan.Repository.StoreAsync(copy, cancel);
            entry["new_blocks"] = blocks;
            entry["new_bytes"] = bytes;
            manifest[index.Name] = entry;
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private void Finish(SnapshotPlan plan, JsonObject info, JsonObject manifest, JsonArray failures, DateTimeOffset start)
    {
        DateTimeOffset end = time.GetUtcNow();
        info["state"] = failures.Count == 0 ? "SUCCESS" : plan.IsPartial ? "PARTIAL" : "FAILED";
        if (failures.Count > 0 && !plan.IsPartial)
            info["reason"] = $"Indices don't have primary shards [{string.Join(", ", failures.Select(failure => Json.Scalar(failure!["index"])))}]";
        SetTime(info, "start_time", start);
        SetTime(info, "end_time", end);
        info["duration_in_millis"] = (long)(end - start).TotalMilliseconds;
        info["failures"] = failures;
        info["shards"] = new JsonObject { ["total"] = plan.Indices.Count, ["failed"] = failures.Count, ["successful"] = manifest.Count };
        if (!version.HasTypes)
            info["feature_states"] = new JsonArray();
    }

    private async Task RestoreAsync(Repository repository, string snapshot, JsonNode entry, string to, JsonObject body, CancellationToken cancel)
    {
        string copy = Scratch();
        DateTimeOffset start = time.GetUtcNow();
        try
        {
            await repository.FetchAsync(entry, copy, cancel);
            string uuid = Ids.Uuid();
            LocalIndex.Rewrite(copy, meta => Rewritten(meta, to, uuid, body));
            if (catalog.Find(to) is { IsClosed: true } replaced)
                catalog.Delete(replaced);
            string path = catalog.PathOf(uuid);
            File.Move(copy, path);
            catalog.Adopt(path);
        }
        finally
        {
            foreach (string suffix in (string[])["", "-wal", "-shm"])
                File.Delete(copy + suffix);
        }

        lock (_gate)
        {
            Recoveries[to] = new JsonObject
            {
                ["repository"] = repository.Name,
                ["snapshot"] = snapshot,
                ["files"] = Json.Strings(entry["blocks"]).Count,
                ["bytes"] = entry["size"]!.DeepClone(),
                ["millis"] = (long)(time.GetUtcNow() - start).TotalMilliseconds,
            };
        }
    }

    private static JsonObject Rewritten(JsonObject meta, string name, string uuid, JsonObject body)
    {
        IndexSettings settings = new();
        settings.Merge((JsonObject)meta["settings"]!);
        foreach (string ignored in Json.Strings(body["ignore_index_settings"])
            .Select(one => one.StartsWith("index.", StringComparison.Ordinal) ? one : "index." + one))
            foreach (string match in settings.Names.Where(setting => Wildcard.IsMatch(ignored, setting)).ToList())
                settings.Merge(new JsonObject { [match] = null });
        settings.Merge(body["index_settings"] as JsonObject);
        settings.Merge(new JsonObject { ["index.uuid"] = uuid });
        meta["settings"] = settings.ToJson(flat: true);
        meta["name"] = name;
        meta["uuid"] = uuid;
        meta["closed"] = false;
        meta["primary_term"] = (meta["primary_term"]?.GetValue<int>() ?? 1) + 1;
        if (Json.Flag(body["include_aliases"]) == false)
            meta["aliases"] = new JsonObject();
        if (settings["index.lifecycle.name"] is null)
            meta["lifecycle"] = new JsonObject();
        return meta;
    }

    private static List<string> Wanted(JsonObject manifest, List<string> patterns, bool ignoreUnavailable)
    {
        List<string> all = [.. manifest.Select(index => index.Key)];
        if (patterns.Count == 0 || patterns.Contains("_all"))
            return all;
        List<string> wanted = [];
        foreach (string pattern in patterns)
        {
            if (pattern[0] == '-')
            {
                wanted.RemoveAll(name => Wildcard.IsMatch(pattern.AsSpan(1), name));
                continue;
            }

            List<string> matching = [.. all.Where(name => Wildcard.IsMatch(pattern, name) && !wanted.Contains(name))];
            if (matching.Count == 0 && !Wildcard.IsPattern(pattern) && !ignoreUnavailable)
            {
                throw new ElasticsearchException(404, "index_not_found_exception", $"no such index [{pattern}]")
                {
                    Details = new JsonObject { ["index_uuid"] = "_na_", ["index"] = pattern },
                };
            }

            wanted.AddRange(matching);
        }

        return wanted;
    }

    private static string Renamed(string name, JsonObject body)
    {
        if (Json.Scalar(body["rename_pattern"]) is not { } pattern || Json.Scalar(body["rename_replacement"]) is not { } replacement)
            return name;
        try
        {
            return Regex.Replace(name, pattern, replacement, RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Errors.IllegalArgument($"invalid rename_pattern [{pattern}]: {e.Message}");
        }
    }

    private static void CheckName(string repository, string name)
    {
        string? wrong = name switch
        {
            "" => "cannot be empty",
            _ when name.Contains(' ', StringComparison.Ordinal) => "must not contain whitespace",
            _ when name.Contains(',', StringComparison.Ordinal) => "must not contain ','",
            _ when name.Contains('#', StringComparison.Ordinal) => "must not contain '#'",
            _ when name[0] == '_' => "must not start with '_'",
            _ when name.Any(char.IsUpper) => "must be lowercase",
            _ when name.AsSpan().IndexOfAny(IndexNames.Forbidden) >= 0 => "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]",
            _ => null,
        };
        if (wrong is not null)
            throw new ElasticsearchException(400, "invalid_snapshot_name_exception", $"[{repository}:{name}] Invalid snapshot name [{name}], {wrong}");
    }

    private static void SetTime(JsonObject info, string name, DateTimeOffset at)
    {
        info[name] = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        info[name + "_in_millis"] = at.ToUnixTimeMilliseconds();
    }

    private static ElasticsearchException RestoreRefused(string repository, string snapshot, string reason) =>
        new(500, "snapshot_restore_exception", $"[{repository}:{snapshot}] {reason}");

    private string Scratch()
    {
        Directory.CreateDirectory(scratch);
        return Path.Combine(scratch, Guid.NewGuid().ToString("N"));
    }
}
