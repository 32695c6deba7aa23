using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>
/// An index's mapping: the tree of objects and fields, and the numbers under which the shard knows the fields.
/// A field that is once there keeps its type and its number. Searches look fields up while a writer adds others.
/// </summary>
internal sealed class IndexMapping
{
    /// <summary>Members of the mapping's root that are kept as they are.</summary>
    private static readonly HashSet<string> RootMembers =
        ["dynamic_templates", "date_detection", "numeric_detection", "dynamic_date_formats", "_source", "_meta", "_routing", "_size", "runtime",
            "_data_stream_timestamp", "subobjects"];

    private readonly ConcurrentDictionary<string, FieldMapping> _fields = [];
    private readonly List<string> _names;

    /// <param name="names">The paths of the fields by number, as <see cref="FieldNames"/> gave them.</param>
    public IndexMapping(IEnumerable<string>? names = null) => _names = [.. names ?? []];

    public ObjectMapping Root { get; } = new("");

    public JsonObject RootParameters { get; } = [];

    /// <summary>Fields, objects and multi-fields: what <c>index.mapping.total_fields.limit</c> counts.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<string> FieldNames => _names;

    /// <summary>All fields with their multi-fields, ordered by path.</summary>
    public IEnumerable<FieldMapping> Fields => _fields.Values.OrderBy(entry => entry.Path, StringComparer.Ordinal);

    public bool DetectsDates => Json.Flag(RootParameters["date_detection"]) ?? true;

    public bool DetectsNumbers => Json.Flag(RootParameters["numeric_detection"]) ?? false;

    public FieldMapping? Field(string path) => _fields.GetValueOrDefault(path);

    /// <summary>A field by its path, or the flattened field above it together with the key below.</summary>
    public (FieldMapping Field, string? Key)? Resolve(string path)
    {
        if (_fields.TryGetValue(path, out FieldMapping? field))
            return (field, null);
        for (int dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
            if (_fields.TryGetValue(path[..dot], out field) && field.Family == FieldFamily.Flattened)
                return (field, path[(dot + 1)..]);
        return null;
    }

    /// <summary>Merges a mapping of the REST API (<c>{"properties":...}</c>) into this one.</summary>
    public void Merge(JsonObject mapping)
    {
        foreach ((string name, JsonNode? value) in mapping)
        {
            if (name == "properties")
                MergeProperties(Root, value as JsonObject ?? throw Errors.Parse("Expected map for property [fields] on field [properties]"));
            else if (name == "dynamic")
                Root.Dynamic = Json.Scalar(value);
            else if (RootMembers.Contains(name))
                RootParameters[name] = value?.DeepClone();
            else
                throw MapperParsing($"Root mapping definition has unsupported parameters:  [{name} : {Json.ToText(value)}]");
        }
    }

    /// <summary>Puts a field under an object, with its multi-fields.</summary>
    public FieldMapping AddField(ObjectMapping parent, string name, JsonObject definition)
    {
        FieldMapping field = Create(parent.PathOf(name), definition);
        parent.Add(field);
        return field;
    }

    public ObjectMapping AddObject(ObjectMapping parent, string name, JsonObject? definition = null)
    {
        ObjectMapping made = new(parent.PathOf(name))
        {
            Type = Json.Scalar(definition?["type"]) ?? "object",
            IsEnabled = Json.Flag(definition?["enabled"]) ?? true,
            Dynamic = Json.Scalar(definition?["dynamic"]),
        };
        parent.Add(made);
        Count++;
        if (definition?["properties"] is JsonObject properties)
            MergeProperties(made, properties);
        return made;
    }

    /// <summary>Takes back what a document added that is refused in the end.</summary>
    public void Remove(ObjectMapping parent, MappingEntry entry)
    {
        parent.Remove(entry);
        Count--;
        if (entry is not FieldMapping field)
            return;
        _fields.TryRemove(field.Path, out _);
        foreach (FieldMapping multiField in field.MultiFields)
        {
            _fields.TryRemove(multiField.Path, out _);
            Count--;
        }
    }

    public JsonObject ToJson()
    {
        JsonObject json = [];
        JsonObject root = Root.ToJson();
        if (root["dynamic"] is { } dynamic)
            json["dynamic"] = dynamic.DeepClone();
        foreach ((string name, JsonNode? value) in RootParameters)
            json[name] = value?.DeepClone();
        if (root["properties"] is { } properties)
            json["properties"] = properties.DeepClone();
        return json;
    }

    public static ElasticsearchException MapperParsing(string reason, ElasticsearchException? cause = null) =>
        new(400, "mapper_parsing_exception", reason) { CausedBy = cause };

    private void MergeProperties(ObjectMapping into, JsonObject properties)
    {
        foreach ((string name, JsonNode? value) in properties)
        {
            if (value is not JsonObject definition)
                throw MapperParsing($"Expected map for property [fields] on field [{name}] but got a class java.lang.String");
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0)
            {
                JsonObject inner = new() { ["properties"] = new JsonObject { [name[(dot + 1)..]] = definition.DeepClone() } };
                MergeEntry(into, name[..dot], inner);
            }
            else
            {
                MergeEntry(into, name, definition);
            }
        }
    }

    private void MergeEntry(ObjectMapping into, string name, JsonObject definition)
    {
        string type = Json.Scalar(definition["type"]) ?? "object";
        if (type == "object" && definition["properties"] is null && definition.Count > 0 && definition["type"] is null && definition["enabled"] is null
            && definition["dynamic"] is null)
            throw MapperParsing($"No type specified for field [{into.PathOf(name)}]");
        MappingEntry? existing = into.Find(name);
        if (type is "object" or "nested")
        {
            if (existing is FieldMapping)
                throw Errors.IllegalArgument($"can't merge a non object mapping [{existing.Path}] with an object mapping");
            if (existing is not ObjectMapping found)
            {
                AddObject(into, name, definition);
                return;
            }

            if (definition["dynamic"] is { } dynamic)
                found.Dynamic = Json.Scalar(dynamic);
            if (definition["properties"] is JsonObject properties)
                MergeProperties(found, properties);
            return;
        }

        if (existing is ObjectMapping)
            throw Errors.IllegalArgument($"can't merge a non object mapping [{existing.Path}] with an object mapping");
        if (existing is FieldMapping field)
        {
            if (field.Type != type)
                throw Errors.IllegalArgument($"mapper [{field.Path}] cannot be changed from type [{field.Type}] to [{type}]");
            Replace(into, field, definition);
            return;
        }

        AddField(into, name, definition);
    }

    /// <summary>New parameters for a field that is there: its type and number stay, its multi-fields are kept.</summary>
    private void Replace(ObjectMapping into, FieldMapping field, JsonObject definition)
    {
        JsonObject merged = (JsonObject)definition.DeepClone();
        JsonObject multiFields = merged["fields"] as JsonObject ?? [];
        foreach (FieldMapping kept in field.MultiFields)
            if (!multiFields.ContainsKey(kept.Name))
                multiFields[kept.Name] = kept.ToJson();
        merged.Remove("fields");
        if (multiFields.Count > 0)
            merged["fields"] = multiFields.DeepClone();
        Count -= 1 + field.MultiFields.Count;
        AddField(into, field.Name, merged);
    }

    private FieldMapping Create(string path, JsonObject definition, string? sourcePath = null)
    {
        string type = Json.Scalar(definition["type"]) ?? "";
        if (!FieldTypes.Exists(type))
            throw MapperParsing($"No handler for type [{type}] declared on field [{path[(path.LastIndexOf('.') + 1)..]}]");
        JsonObject parameters = [];
        foreach ((string name, JsonNode? value) in definition)
            if (name is not ("type" or "fields"))
                parameters[name] = value?.DeepClone();
        FieldMapping field = new(path, sourcePath ?? path, NumberOf(path), type, parameters);
        Count++;
        if (definition["fields"] is JsonObject multiFields)
            foreach ((string name, JsonNode? value) in multiFields)
                field.MultiFields.Add(Create(path + "." + name, (JsonObject)value!, path));
        _fields[path] = field;
        return field;
    }

    private int NumberOf(string path)
    {
        int number = _names.IndexOf(path);
        if (number < 0)
        {
            number = _names.Count;
            _names.Add(path);
        }

        return number;
    }
}
