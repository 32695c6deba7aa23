using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>The SLM policies with their outcomes: <c>{"version", "modified_date_millis", "policy", "last_success", "last_failure", "stats"}</c>.</summary>
internal sealed partial class SlmPolicies(ClusterStore store, TimeProvider time)
{
    private const string Kind = "slm_policy";

    private readonly Lock _gate = new();

    /// <summary>Tells that a schedule may have changed.</summary>
    public event Action? Changed;

    public JsonObject? Find(string name) => store.Get(Kind, name);

    public List<(string Name, JsonObject Value)> All() => store.All(Kind);

    /// <summary>When a policy last took a snapshot; null when it never has.</summary>
    public long? LastSuccessMillis(string name) => Find(name)?["last_success"]?["start_time"]?.GetValue<long>();

    public void Put(string name, JsonObject body, Repositories repositories)
    {
        JsonObject policy = Checked(body, repositories);
        lock (_gate)
        {
            JsonObject? before = Find(name);
            JsonObject stored = new()
            {
                ["version"] = (before?["version"]?.GetValue<int>() ?? 0) + 1,
                ["modified_date_millis"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
                ["policy"] = policy,
            };
            foreach (string kept in (string[])["last_success", "last_failure", "stats"])
                if (before?[kept] is { } value)
                    stored[kept] = value.DeepClone();
            store.Put(Kind, name, stored);
        }

        Changed?.Invoke();
    }

    public bool Remove(string name)
    {
        bool removed = store.Remove(Kind, name);
        Changed?.Invoke();
        return removed;
    }

    /// <summary>Notes an outcome.</summary>
    public void Record(string name, string counter, int by = 1, (string Member, JsonObject Value)? last = null)
    {
        lock (_gate)
        {
            Count(store.Get("slm_stats", "all") ?? [], counter, by, stats => store.Put("slm_stats", "all", stats));
            if (Find(name) is not { } policy)
                return;
            JsonObject own = policy["stats"] as JsonObject ?? [];
            Count(own, counter, by, _ => { });
            policy["stats"] = own.DeepClone();
            if (last is { } entry)
                policy[entry.Member] = entry.Value;
            store.Put(Kind, name, policy);
        }
    }

    /// <summary>The counters of all policies, also of those that are gone.</summary>
    public JsonObject Totals() => store.Get("slm_stats", "all") ?? [];

    private static void Count(JsonObject stats, string counter, int by, Action<JsonObject> save)
    {
        stats[counter] = (stats[counter]?.GetValue<int>() ?? 0) + by;
        save(stats);
    }

    private static JsonObject Checked(JsonObject body, Repositories repositories)
    {
        foreach (string required in (string[])["name", "schedule", "repository"])
            if (Json.Scalar(body[required]) is null)
                throw Errors.IllegalArgument($"Required [{required}]");
        (string name, string schedule, string repository) = (Json.Scalar(body["name"])!, Json.Scalar(body["schedule"])!, Json.Scalar(body["repository"])!);
        JsonObject? retention = CheckedRetention(body["retention"] as JsonObject);
        List<string> mistakes = [];
        if (!CronSchedule.TryParse(schedule, out _))
            mistakes.Add($"invalid schedule: invalid cron expression [{schedule}]");
        DateMathName.Resolve(name, DateTimeOffset.UnixEpoch);
        string literal = DateMathPart().Replace(name.Trim('<', '>'), "");
        if (literal.Any(char.IsUpper))
            mistakes.Add($"invalid snapshot name [{name}]: must be lowercase");
        if (literal.AsSpan().IndexOfAny(IndexNames.Forbidden) >= 0)
            mistakes.Add($"invalid snapshot name [{name}]: must not contain contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]");
        if (mistakes.Count > 0)
            throw Errors.Validation(mistakes);
        if (repositories.Find(repository) is null)
            throw Errors.IllegalArgument($"no such repository [{repository}]");
        JsonObject policy = new() { ["name"] = name, ["schedule"] = schedule, ["repository"] = repository };
        if (body["config"] is JsonObject config)
            policy["config"] = config.DeepClone();
        if (retention is not null)
            policy["retention"] = retention;
        return policy;
    }

    private static JsonObject? CheckedRetention(JsonObject? retention)
    {
        if (retention is null)
            return null;
        if (Json.Scalar(retention["expire_after"]) is { } age)
            TimeValue.Parse(age, "expire_after");
        int? least = retention["min_count"]?.GetValue<int>(), most = retention["max_count"]?.GetValue<int>();
        if (least > most)
        {
            ElasticsearchException built = new(400, "x_content_parse_exception", "Failed to build [snapshot_retention] after last required field arrived")
            {
                CausedBy = Errors.IllegalArgument($"minimum snapshot count {least} cannot be larger than maximum snapshot count {most}"),
            };
            throw new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [snapshot_lifecycle] failed to parse field [retention]")
            {
                CausedBy = built,
                RootCauses = [built],
            };
        }

        return (JsonObject)retention.DeepClone();
    }

    [GeneratedRegex(@"\{[^}]*\}*")]
    private static partial Regex DateMathPart();
}
