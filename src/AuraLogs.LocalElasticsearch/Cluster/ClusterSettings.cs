using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>The cluster's settings: persistent ones survive a restart, transient ones win.</summary>
internal sealed class ClusterSettings(ClusterStore store)
{
    private const string Kind = "settings";

    private static readonly string[] Known =
    [
        "action.auto_create_index", "action.destructive_requires_name", "cluster.*", "indices.*", "network.breaker.*", "slm.*", "search.*",
        "xpack.*", "ingest.*", "logger.*", "script.*", "snapshot.*", "persistent_tasks.*", "http.*", "stack.templates.enabled", "thread_pool.*",
    ];

    private readonly Lock _gate = new();
    private JsonObject _transient = [];

    /// <summary>Tells that settings have changed.</summary>
    public event Action? Changed;

    public string? this[string name]
    {
        get
        {
            lock (_gate)
                return Json.Scalar(_transient[name] ?? store.Get(Kind, "persistent")?[name]);
        }
    }

    public int Number(string name, int otherwise) =>
        this[name] is { } text && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    public TimeSpan Time(string name, TimeSpan otherwise) => this[name] is { } text ? TimeValue.Parse(text, name) : otherwise;

    /// <summary>Changes settings; answers what was set.</summary>
    public JsonObject Update(JsonObject body)
    {
        JsonObject answer = new() { ["acknowledged"] = true };
        lock (_gate)
        {
            JsonObject persistent = store.Get(Kind, "persistent") ?? [];
            JsonObject transient = (JsonObject)_transient.DeepClone();
            answer["persistent"] = Change(persistent, body["persistent"] as JsonObject, "persistent");
            answer["transient"] = Change(transient, body["transient"] as JsonObject, "transient");
            _transient = transient;
            store.Put(Kind, "persistent", persistent);
        }

        Changed?.Invoke();
        return answer;
    }

    public JsonObject ToJson(bool flat)
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["persistent"] = Nest(store.Get(Kind, "persistent") ?? [], flat),
                ["transient"] = Nest(_transient, flat),
            };
        }
    }

    private static JsonObject Change(JsonObject settings, JsonObject? changes, string scope)
    {
        JsonObject changed = [];
        foreach ((string name, JsonNode? value) in IndexSettings.Flatten(changes, ""))
        {
            if (!Array.Exists(Known, known => Wildcard.IsMatch(known, name)))
                throw Errors.IllegalArgument($"{scope} setting [{name}], not recognized");
            Check(name, value);
            foreach (string match in Wildcard.IsPattern(name) ? settings.Select(s => s.Key).Where(key => Wildcard.IsMatch(name, key)).ToList() : [name])
            {
                settings.Remove(match);
                if (value is null)
                    continue;
                settings[match] = value.DeepClone();
                IndexSettings.SetNested(changed, match, value.DeepClone());
            }
        }

        return changed;
    }

    private static void Check(string name, JsonNode? value)
    {
        if (value is null)
            return;
        if (name is "indices.lifecycle.poll_interval")
            TimeValue.Parse(Json.Scalar(value)!, name);
        if (name is "slm.retention_schedule" && Json.Scalar(value)!.Length > 0 && !Snapshots.CronSchedule.TryParse(Json.Scalar(value)!, out _))
            throw Errors.IllegalArgument($"invalid cron expression [{Json.Scalar(value)}]");
    }

    private static JsonObject Nest(JsonObject settings, bool flat)
    {
        if (flat)
            return (JsonObject)settings.DeepClone();
        JsonObject nested = [];
        foreach ((string name, JsonNode? value) in settings)
            IndexSettings.SetNested(nested, name, value?.DeepClone());
        return nested;
    }
}
