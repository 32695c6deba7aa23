using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Lifecycle;

/// <summary>The ILM policies: <c>{"version", "modified_date_millis", "policy": {"phases": ...}}</c> by name.</summary>
internal sealed class IlmPolicies(ClusterStore store, IndexCatalog catalog, TimeProvider time)
{
    private const string Kind = "ilm_policy";

    private static readonly string[] Actions =
    [
        "allocate", "delete", "downsample", "forcemerge", "freeze", "migrate", "readonly", "rollover", "searchable_snapshot", "set_priority",
        "shrink", "unfollow", "wait_for_snapshot",
    ];

    public JsonObject? Find(string name) => store.Get(Kind, name);

    public List<(string Name, JsonObject Value)> All() => store.All(Kind);

    /// <summary>Adds or replaces a policy; its version goes up even when nothing changes.</summary>
    public void Put(string name, JsonObject body)
    {
        if (body["policy"] is not JsonObject policy)
            throw Errors.IllegalArgument("Required [policy]");
        JsonObject phases = [];
        JsonObject given = policy["phases"] as JsonObject ?? throw Errors.IllegalArgument("Required [phases]");
        foreach (string phase in IlmPhases.InOrder)
            if (given[phase] is JsonObject definition)
                phases[phase] = Checked(phase, definition);
        if (given.Select(phase => phase.Key).FirstOrDefault(phase => !IlmPhases.InOrder.Contains(phase)) is { } unknown)
            throw Errors.IllegalArgument($"Timeseries lifecycle does not support phase [{unknown}]");
        JsonObject stored = new() { ["phases"] = phases };
        if (policy["_meta"] is { } meta)
            stored["_meta"] = meta.DeepClone();
        store.Put(Kind, name, new JsonObject
        {
            ["version"] = (Find(name)?["version"]?.GetValue<int>() ?? 0) + 1,
            ["modified_date_millis"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["policy"] = stored,
        });
    }

    public void Delete(string name)
    {
        if (Find(name) is null)
            throw Missing(name);
        List<string> users = UsersOf(name);
        if (users.Count > 0)
            throw Errors.IllegalArgument($"Cannot delete policy [{name}]. It is in use by one or more indices: [{string.Join(", ", users)}]");
        store.Remove(Kind, name);
    }

    public List<string> UsersOf(string name) => [.. catalog.All.Where(index => index.Settings["index.lifecycle.name"] == name).Select(index => index.Name)];

    public static ElasticsearchException Missing(string name) => Errors.NotFound($"Lifecycle policy not found: {name}");

    private static JsonObject Checked(string phase, JsonObject definition)
    {
        JsonObject actions = definition["actions"] as JsonObject ?? [];
        string age = Json.Scalar(definition["min_age"]) ?? "0ms";
        if (!TimeValue.TryParse(age, out _))
            throw BadAge(phase, age);
        foreach ((string action, JsonNode? parameters) in actions)
        {
            if (!Actions.Contains(action))
                throw BadAction(phase, action);
            bool fits = action is not ("delete" or "wait_for_snapshot") || phase == "delete";
            if (!fits)
                throw Errors.IllegalArgument($"invalid action [{action}] defined in phase [{phase}]");
            if (action == "wait_for_snapshot" && Json.Scalar(parameters?["policy"]) is null)
                throw Errors.IllegalArgument("Required [policy]");
        }

        return new JsonObject { ["min_age"] = age, ["actions"] = actions.DeepClone() };
    }

    private static ElasticsearchException BadAction(string phase, string action)
    {
        ElasticsearchException cause = new(400, "named_object_not_found_exception",
            $"[1:1] unable to parse LifecycleAction with name [{action}]: parser not found");
        return Nested(cause, cause, $"[actions] failed to parse field [{action}]", "[phase] failed to parse field [actions]",
            $"[phases] failed to parse field [{phase}]");
    }

    private static ElasticsearchException BadAge(string phase, string age)
    {
        ElasticsearchException cause = Errors.IllegalArgument($"failed to parse setting [min_age] with value [{age}] as a time value: unit is missing or unrecognized");
        ElasticsearchException root = new(400, "x_content_parse_exception", "[1:1] [phase] failed to parse field [min_age]");
        return Nested(root, cause, "[phase] failed to parse field [min_age]", $"[phases] failed to parse field [{phase}]");
    }

    /// <summary>The chain of parsers that the real one reports, from the innermost out.</summary>
    private static ElasticsearchException Nested(ElasticsearchException root, ElasticsearchException cause, params string[] parsers)
    {
        foreach (string parser in parsers.Append("[lifecycle_policy] failed to parse field [phases]"))
            cause = new ElasticsearchException(400, "x_content_parse_exception", $"[1:1] {parser}") { CausedBy = cause };
        return new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [put_lifecycle_request] failed to parse field [policy]")
        {
            RootCauses = [root],
            CausedBy = cause,
        };
    }
}
