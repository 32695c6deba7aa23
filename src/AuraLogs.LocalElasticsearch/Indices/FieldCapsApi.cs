using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary><c>_field_caps</c>: which fields there are, and what can be done with them.</summary>
internal sealed class FieldCapsApi(IndexExpressions expressions, ElasticsearchVersion version)
{
    private static readonly (string Name, bool IsSearchable, bool IsAggregatable)[] Metadata =
    [
        ("_routing", true, false), ("_index", true, true), ("_ignored", true, false), ("_seq_no", true, true), ("_field_names", true, false),
        ("_source", false, false), ("_id", true, true), ("_version", false, false),
    ];

    public void Register(Router router) =>
        router.Add("GET|POST", "/_field_caps /{index}/_field_caps", "fields include_unmapped filters types " + IndexExpressions.Parameters, Get);

    private RestResponse Get(RestRequest request)
    {
        List<LocalIndex> indices = expressions.Resolve(request);
        List<string> patterns = Json.Strings(request.JsonBody()?["fields"] ?? request["fields"]);
        if (patterns.Count == 0)
            throw Errors.Validation("no fields specified");
        SortedDictionary<string, SortedDictionary<string, Capability>> fields = new(StringComparer.Ordinal);
        foreach (LocalIndex index in indices)
            lock (index.Shard.Gate)
                Collect(index, version, name => patterns.Exists(pattern => Wildcard.IsMatch(pattern, name)), fields);

        JsonObject json = [];
        foreach ((string name, SortedDictionary<string, Capability> types) in fields)
        {
            JsonObject byType = [];
            foreach ((string type, Capability capability) in types)
                byType[type] = capability.ToJson(type, types.Count > 1, version.HasTypes);
            json[name] = byType;
        }

        return new JsonObject { ["indices"] = new JsonArray([.. indices.Select(index => (JsonNode?)index.Name)]), ["fields"] = json };
    }

    private static void Collect(
        LocalIndex index, ElasticsearchVersion version, Func<string, bool> isWanted, SortedDictionary<string, SortedDictionary<string, Capability>> into)
    {
        foreach ((string name, bool isSearchable, bool isAggregatable) in Metadata)
            if (isWanted(name))
                Add(name, name, isSearchable, isAggregatable, isMetadata: true);
        foreach (string old in version.HasTypes ? (string[])["_type", "_feature"] : [])
            if (isWanted(old))
                Add(old, old, true, old == "_type", isMetadata: true);
        foreach (FieldMapping field in index.Mapping.Fields)
        {
            if (!isWanted(field.Path))
                continue;
            bool isStored = field.Family == FieldFamily.Stored;
            Add(field.Path, FieldTypes.CapabilityOf(field.Type), !isStored && field.IsIndexed, !isStored && field.Family != FieldFamily.Text,
                isMetadata: false);
        }

        foreach (ObjectMapping inner in Objects(index.Mapping.Root))
            if (isWanted(inner.Path))
                Add(inner.Path, inner.Type, false, false, isMetadata: false);

        void Add(string name, string type, bool isSearchable, bool isAggregatable, bool isMetadata)
        {
            if (!into.TryGetValue(name, out SortedDictionary<string, Capability>? types))
                into[name] = types = new SortedDictionary<string, Capability>(StringComparer.Ordinal);
            if (!types.TryGetValue(type, out Capability? capability))
                types[type] = capability = new Capability(isSearchable, isAggregatable, isMetadata);
            capability.Indices.Add(index.Name);
        }
    }

    private static IEnumerable<ObjectMapping> Objects(ObjectMapping parent) =>
        parent.Entries.OfType<ObjectMapping>().SelectMany(inner => Objects(inner).Prepend(inner));

    private sealed record Capability(bool IsSearchable, bool IsAggregatable, bool IsMetadata)
    {
        public List<string> Indices { get; } = [];

        public JsonObject ToJson(string type, bool isOneOfSeveral, bool isOld)
        {
            JsonObject json = new() { ["type"] = type };
            if (!isOld)
                json["metadata_field"] = IsMetadata;
            json["searchable"] = IsSearchable;
            json["aggregatable"] = IsAggregatable;
            if (isOneOfSeveral)
                json["indices"] = new JsonArray([.. Indices.Select(name => (JsonNode?)name)]);
            return json;
        }
    }
}
