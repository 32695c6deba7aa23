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
            throw BadAge(age);
        foreach ((string action, JsonNode? parameters) in actions)
        {
            if (!Actions.Contains(action))
                throw BadAction(action);
            bool fits = action is not ("delete" or "wait_for_snapshot") || phase == "delete";
            if (!fits)
                throw Errors.IllegalArgument($"invalid action [{action}] defined in phase [{phase}]");
            if (action == "wait_for_snapshot" && Json.Scalar(parameters?["policy"]) is null)
                throw Errors.IllegalArgument("Required [policy]");
        }

        return new JsonObject { ["min_age"] = age, ["actions"] = actions.DeepClone() };
    }

    private static ElasticsearchException BadAction(string action)
    {
        ElasticsearchException cause = new(400, "named_object_not_found_exception", $"[1:1] unable to parse LifecycleAction with name [{action}]: parser not found");
        return Nested([cause], $"[actions] failed to parse field [{action}]", cause);
    }

    private static ElasticsearchException BadAge(string age)
    {
        ElasticsearchException cause = Errors.IllegalArgument($"failed to parse setting [min_age] with value [{age}] as a time value: unit is missing or unrecognized");
        ElasticsearchException phase = new(400, "x_content_parse_exception", "[1:1] [phase] failed to parse field [min_age]") { CausedBy = cause };
        return new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [put_lifecycle_request] failed to parse field [policy]")
        {
            RootCauses = [new ElasticsearchException(400, phase.Type, phase.Message)],
            CausedBy = new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [lifecycle_policy] failed to parse field [phases]") { CausedBy = phase },
        };
    }

    private static ElasticsearchException Nested(List<ElasticsearchException> roots, string reason, ElasticsearchException cause)
    {
        ElasticsearchException phase = new(400, "x_content_parse_exception", $"[1:1] {reason}") { CausedBy = cause };
        return new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [put_lifecycle_request] failed to parse field [policy]")
        {
            RootCauses = roots,
            CausedBy = new ElasticsearchException(400, "x_content_parse_exception", "[1:1] [lifecycle_policy] failed to parse field [phases]") { CausedBy = phase },
        };
    }
}
