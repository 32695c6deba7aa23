using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>An index's settings: full names (<c>index.number_of_replicas</c>) to strings, or arrays of strings.</summary>
internal sealed class IndexSettings
{
    private const string Prefix = "index.";

    /// <summary>The settings that are known; a star stands for a group.</summary>
    private static readonly string[] Known =
    [
        "number_of_shards", "number_of_replicas", "number_of_routing_shards", "refresh_interval", "auto_expand_replicas", "codec", "hidden",
        "priority", "max_result_window", "max_inner_result_window", "max_rescore_window", "max_docvalue_fields_search", "max_script_fields",
        "max_ngram_diff", "max_shingle_diff", "max_refresh_listeners", "max_terms_count", "max_regex_length", "max_slices_per_scroll",
        "gc_deletes", "default_pipeline", "final_pipeline", "provided_name", "creation_date", "uuid", "version.*", "verified_before_close",
        "analysis.*", "blocks.*", "routing.*", "lifecycle.*", "mapping.*", "translog.*", "merge.*", "query.*", "sort.*", "store.*", "search.*",
        "indexing.*", "highlight.*", "soft_deletes.*", "unassigned.*", "allocation.*", "requests.cache.enable", "write.wait_for_active_shards",
        "shard.check_on_startup", "mode", "format", "load_fixed_bitset_filters_eagerly", "look_ahead_time", "similarity.*", "warmer.enabled",
        "optimize_auto_generated_id", "percolator.*", "recovery.*", "fielddata.*", "time_series.*", "final.*", "data_path",
    ];

    private readonly SortedDictionary<string, JsonNode> _values = new(StringComparer.Ordinal);

    public int Shards => Number("index.number_of_shards", 1);

    public int Replicas => Number("index.number_of_replicas", 1);

    public int FieldLimit { get; private set; } = 1000;

    public int DepthLimit { get; private set; } = 20;

    public bool IgnoresMalformed { get; private set; }

    public bool IgnoresDynamicBeyondLimit { get; private set; }

    public int MaxResultWindow => Number("index.max_result_window", 10_000);

    public string? this[string name] => _values.TryGetValue(name, out JsonNode? value) ? Json.Scalar(value) ?? Json.ToText(value) : null;

    public IEnumerable<string> Names => _values.Keys;

    /// <summary>Takes settings in any of the spellings of the REST API; null removes one.</summary>
    /// <exception cref="ElasticsearchException">A name is not known.</exception>
    public void Merge(JsonObject? settings)
    {
        foreach ((string name, JsonNode? value) in Flatten(settings))
        {
            if (!IsKnown(name))
                throw Errors.IllegalArgument($"unknown setting [{name}]{Suggest(name)}");
            if (value is null)
                _values.Remove(name);
            else
                _values[name] = value.DeepClone();
        }

        FieldLimit = Number("index.mapping.total_fields.limit", 1000);
        DepthLimit = Number("index.mapping.depth.limit", 20);
        IgnoresMalformed = Flag("index.mapping.ignore_malformed");
        IgnoresDynamicBeyondLimit = Flag("index.mapping.total_fields.ignore_dynamic_beyond_limit");
    }

    public bool Flag(string name) => this[name] == "true";

    public int Number(string name, int otherwise)
    {
        string? text = this[name];
        if (text is null)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Errors.IllegalArgument($"Failed to parse value [{text}] for setting [{name}]");
    }

    /// <summary>The settings as nested objects, or as they are with <c>flat_settings</c>.</summary>
    public JsonObject ToJson(bool flat = false)
    {
        JsonObject json = [];
        foreach ((string name, JsonNode value) in _values)
        {
            if (flat)
                json[name] = value.DeepClone();
            else
                SetNested(json, name, value.DeepClone());
        }

        return json;
    }

    /// <summary>Names joined with dots, values as strings, in the order given.</summary>
    public static List<(string Name, JsonNode? Value)> Flatten(JsonObject? settings, string prefix = Prefix)
    {
        List<(string, JsonNode?)> flat = [];
        if (settings is not null)
            Flatten(settings, "", flat);
        return [.. flat.Select(item => (item.Item1.StartsWith(prefix, StringComparison.Ordinal) ? item.Item1 : prefix + item.Item1, item.Item2))];
    }

    /// <summary>Puts <c>a.b.c</c> into nested objects; where a part is a value already, the rest stays in one name.</summary>
    public static void SetNested(JsonObject json, string name, JsonNode? value)
    {
        string[] parts = name.Split('.');
        JsonObject at = json;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            if (at[parts[i]] is null)
                at[parts[i]] = new JsonObject();
            if (at[parts[i]] is not JsonObject below)
            {
                at[string.Join('.', parts[i..])] = value;
                return;
            }

            at = below;
        }

        at[parts[^1]] = value;
    }

    private static void Flatten(JsonObject settings, string path, List<(string, JsonNode?)> into)
    {
        foreach ((string name, JsonNode? value) in settings)
        {
            string full = path.Length == 0 ? name : path + "." + name;
            switch (value)
            {
                case JsonObject below:
                    Flatten(below, full, into);
                    break;
                case JsonArray items:
                    into.Add((full, new JsonArray([.. items.Select(item => (JsonNode?)Json.Scalar(item))])));
                    break;
                default:
                    into.Add((full, Json.Scalar(value)));
                    break;
            }
        }
    }

    private static bool IsKnown(string name) => Array.Exists(Known, known => Wildcard.IsMatch(known, name.AsSpan(Prefix.Length)));

    private static string Suggest(string name)
    {
        string? near = Known.Where(known => !Wildcard.IsPattern(known)).Select(known => Prefix + known).MinBy(known => Distance(known, name));
        return near is not null && Distance(near, name) <= 3
            ? $" did you mean [{near}]?"
            : " please check that any required plugins are installed, or check the breaking changes documentation for removed settings";
    }

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
