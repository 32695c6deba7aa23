using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Templates;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>All indices of the node, one file each under <c>indices/</c>.</summary>
internal sealed class IndexCatalog : IDisposable
{
    private readonly ConcurrentDictionary<string, LocalIndex> _indices = new(StringComparer.Ordinal);
    private readonly Lock _changes = new();
    private readonly string _directory;
    private readonly ElasticsearchVersion _version;
    private readonly ClusterSettings _settings;
    private readonly TemplateCatalog _templates;
    private readonly TimeProvider _time;

    public IndexCatalog(string directory, ElasticsearchVersion version, ClusterSettings settings, TemplateCatalog templates, TimeProvider time)
    {
        (_directory, _version, _settings, _templates, _time) = (directory, version, settings, templates, time);
        Directory.CreateDirectory(directory);
        foreach (string path in Directory.EnumerateFiles(directory, "*.db"))
        {
            if (LocalIndex.Open(path, version) is { } index)
                _indices[index.Name] = index;
        }
    }

    /// <summary>All indices, ordered by name.</summary>
    public IEnumerable<LocalIndex> All => _indices.Values.OrderBy(index => index.Name, StringComparer.Ordinal);

    /// <summary>Every <c>OnCreated</c> handler runs once for a new or restored index, before anyone else sees it.</summary>
    public event Action<LocalIndex>? Created;

    public LocalIndex? Find(string name) => _indices.GetValueOrDefault(name);

    public LocalIndex Get(string name) => Find(name) ?? throw Errors.IndexNotFound(name);

    /// <summary>The indices behind an alias.</summary>
    public List<LocalIndex> Behind(string alias) => [.. All.Where(index => index.Aliases.ContainsKey(alias))];

    /// <summary>Creates an index from its templates and the request's own body, which wins.</summary>
    public LocalIndex Create(string name, JsonObject? body = null)
    {
        IndexNames.Check(name);
        lock (_changes)
        {
            if (_indices.TryGetValue(name, out LocalIndex? existing))
                throw AlreadyExists(existing);
            if (Behind(name).Count > 0)
                throw Errors.InvalidIndexName(name, "already exists as alias");
            JsonObject meta = Describe(name, body);
            LocalIndex index = LocalIndex.Create(Path.Combine(_directory, Json.Scalar(meta["uuid"]) + ".db"), meta, _version);
            return Announce(index);
        }
    }

    /// <summary>The index to write to: itself, the write index of an alias, or a new one as <c>action.auto_create_index</c> allows.</summary>
    public LocalIndex ForWriting(string name, bool requireAlias = false)
    {
        if (Find(name) is { } index)
            return requireAlias ? throw AliasRequired(name) : index;
        List<LocalIndex> behind = Behind(name);
        if (behind.Count > 0)
            return WriteIndexOf(name, behind);
        if (requireAlias)
            throw AliasRequired(name);
        IndexNames.Check(name);
        CheckAutoCreate(name);
        lock (_changes)
            return Find(name) ?? Create(name);
    }

    /// <summary>Adopts a restored file.</summary>
    public LocalIndex Adopt(string path)
    {
        lock (_changes)
            return Announce(LocalIndex.Open(path, _version) ?? throw new InvalidDataException($"{path} is not the file of an index"));
    }

    public void Delete(LocalIndex index)
    {
        lock (_changes)
            lock (index.Shard.Gate)
            {
                if (index.IsDeleted)
                    return;
                _indices.TryRemove(index.Name, out _);
                index.Delete();
            }
    }

    public string PathOf(string uuid) => Path.Combine(_directory, uuid + ".db");

    public int OpenShards => _indices.Values.Where(index => !index.IsClosed).Sum(index => index.Settings.Shards * (1 + index.Settings.Replicas));

    public void Dispose()
    {
        foreach (LocalIndex index in _indices.Values)
            lock (index.Shard.Gate)
                index.Dispose();
    }

    /// <summary>What a new index would be: the templates' settings, mappings and aliases under the request's own.</summary>
    public JsonObject Describe(string name, JsonObject? body)
    {
        foreach (string member in (body ?? []).Select(member => member.Key))
            if (member is not ("settings" or "mappings" or "aliases"))
                throw Errors.Parse($"unknown key [{member}] for create index");
        List<JsonObject> layers = _templates.LayersFor(name);
        if (body is not null)
            layers.Add(body);

        IndexSettings settings = new();
        Mapping.IndexMapping mapping = new();
        JsonObject aliases = [];
        foreach (JsonObject layer in layers)
        {
            settings.Merge(layer["settings"] as JsonObject);
            if (Untyped(layer["mappings"] as JsonObject) is { } mappings)
                mapping.Merge(mappings);
            foreach ((string alias, JsonNode? properties) in layer["aliases"] as JsonObject ?? [])
                aliases[alias] = properties?.DeepClone() ?? new JsonObject();
        }

        CheckVersion(settings);
        CheckShards(settings);
        string uuid = Ids.Uuid();
        settings.Merge(Stamp(name, uuid, settings));
        return new JsonObject
        {
            ["name"] = name,
            ["uuid"] = uuid,
            ["settings"] = settings.ToJson(flat: true),
            ["mappings"] = mapping.ToJson(),
            ["fields"] = new JsonArray([.. mapping.FieldNames.Select(field => (JsonNode?)field)]),
            ["aliases"] = aliases,
        };
    }

    /// <summary>A mapping under a type name, as clients before 7.0 wrote it, without it.</summary>
    public static JsonObject? Untyped(JsonObject? mappings) =>
        mappings is { Count: 1 } && mappings["_doc"] is JsonObject inner ? inner : mappings;

    private LocalIndex Announce(LocalIndex index)
    {
        try
        {
            Created?.Invoke(index);
        }
        catch
        {
            lock (index.Shard.Gate)
                index.Delete();
            throw;
        }

        _indices[index.Name] = index;
        return index;
    }

    private JsonObject Stamp(string name, string uuid, IndexSettings settings)
    {
        JsonObject stamp = new()
        {
            ["index.uuid"] = uuid,
            ["index.provided_name"] = name,
            ["index.creation_date"] = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["index.version.created"] = _version.Id,
        };
        if (settings["index.number_of_shards"] is null)
            stamp["index.number_of_shards"] = 1;
        if (settings["index.number_of_replicas"] is null)
            stamp["index.number_of_replicas"] = 1;
        return stamp;
    }

    private void CheckVersion(IndexSettings settings)
    {
        const string Beyond = "index.mapping.total_fields.ignore_dynamic_beyond_limit";
        if (!_version.HasIgnoreDynamicBeyondLimit && settings[Beyond] is not null)
        {
            throw Errors.IllegalArgument(
                $"unknown setting [{Beyond}] please check that any required plugins are installed, or check the breaking changes documentation for removed settings");
        }
    }

    private void CheckShards(IndexSettings settings)
    {
        int added = settings.Shards * (1 + settings.Replicas);
        int limit = _settings.Number("cluster.max_shards_per_node", 1000);
        if (OpenShards + added > limit)
        {
            throw new ElasticsearchException(
                400, "validation_exception",
                $"Validation Failed: 1: this action would add [{added}] total shards, but this cluster currently has [{OpenShards}]/[{limit}] maximum shards open;");
        }
    }

    private void CheckAutoCreate(string name)
    {
        string rule = _settings["action.auto_create_index"] ?? "true";
        if (rule == "true")
            return;
        if (rule == "false")
        {
            ElasticsearchException missing = new(404, "index_not_found_exception", $"no such index [{name}]")
            {
                Details = new JsonObject
                {
                    ["resource.type"] = "index_expression",
                    ["resource.id"] = name,
                    ["index_uuid"] = "_na_",
                    ["index"] = name,
                },
            };
            throw missing;
        }

        foreach (string pattern in rule.Split(','))
        {
            if (!Wildcard.IsMatch(pattern.TrimStart('+', '-'), name))
                continue;
            if (pattern[0] != '-')
                return;
            throw Forbidden(name, $"contains [{pattern}] which forbids automatic creation of the index");
        }

        throw Forbidden(name, $"([{rule}]) doesn't match");
    }

    private static ElasticsearchException Forbidden(string name, string why) =>
        new(404, "index_not_found_exception", $"no such index [{name}] and [action.auto_create_index] {why}")
        {
            Details = new JsonObject { ["index_uuid"] = "_na_", ["index"] = name },
        };

    private static LocalIndex WriteIndexOf(string alias, List<LocalIndex> behind)
    {
        List<LocalIndex> writable = [.. behind.Where(index => Json.Flag(index.Aliases[alias]?["is_write_index"]) == true)];
        if (writable.Count == 1)
            return writable[0];
        bool isExplicitlyOff = behind.Exists(index => Json.Flag(index.Aliases[alias]?["is_write_index"]) == false);
        return behind.Count == 1 && !isExplicitlyOff
            ? behind[0]
            : throw Errors.IllegalArgument(
                $"no write index is defined for alias [{alias}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index");
    }

    private static ElasticsearchException AliasRequired(string name) =>
        new(404, "index_not_found_exception", $"no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an alias")
        {
            Details = new JsonObject { ["index_uuid"] = "_na_", ["index"] = name },
        };

    private static ElasticsearchException AlreadyExists(LocalIndex index) =>
        new(400, "resource_already_exists_exception", $"index [{index.Name}/{index.Uuid}] already exists")
        {
            Details = new JsonObject { ["index_uuid"] = index.Uuid, ["index"] = index.Name },
        };
}
