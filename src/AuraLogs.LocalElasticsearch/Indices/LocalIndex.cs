using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Documents;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>An index: its settings, mapping, aliases and state, kept in its shard's file, and the shard.</summary>
internal sealed class LocalIndex : IDisposable
{
    private const string MetaKey = "index";

    /// <summary>So many documents are in memory at once when the index is made anew.</summary>
    private const int RecoveryBatch = 1000;

    private readonly ElasticsearchVersion _version;

    private LocalIndex(Shard shard, JsonObject meta, ElasticsearchVersion version)
    {
        _version = version;
        Shard = shard;
        Name = Json.Scalar(meta["name"])!;
        Uuid = Json.Scalar(meta["uuid"])!;
        IsClosed = Json.Flag(meta["closed"]) ?? false;
        Settings.Merge(meta["settings"] as JsonObject);
        Mapping = new IndexMapping(Json.Strings(meta["fields"]));
        Mapping.Merge((JsonObject)meta["mappings"]!);
        Aliases = (JsonObject)meta["aliases"]!.DeepClone();
        Lifecycle = (JsonObject?)meta["lifecycle"]?.DeepClone() ?? [];
        PrimaryTerm = meta["primary_term"]?.GetValue<int>() ?? 1;
        Parser = new DocumentParser(Name, Mapping, Settings, version);
    }

    public string Name { get; }

    public string Uuid { get; }

    public IndexSettings Settings { get; } = new();

    public IndexMapping Mapping { get; private set; }

    /// <summary>Alias names to their properties.</summary>
    public JsonObject Aliases { get; }

    /// <summary>Where its lifecycle stands; empty while it is unmanaged.</summary>
    public JsonObject Lifecycle { get; }

    public bool IsClosed { get; set; }

    public bool IsDeleted { get; private set; }

    public int PrimaryTerm { get; set; }

    public Shard Shard { get; }

    public DocumentParser Parser { get; private set; }

    public DateTimeOffset Created =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Settings["index.creation_date"]!, CultureInfo.InvariantCulture));

    /// <summary>
    /// Opens an index's file as the server left it; null, and the file is removed, when it is one whose creation was cut
    /// short, before anyone was told of it.
    /// </summary>
    public static LocalIndex? Open(string path, ElasticsearchVersion version)
    {
        Shard shard = new(path);
        try
        {
            if (shard.GetMeta(MetaKey) is not { } meta)
            {
                shard.Dispose();
                Remove(path);
                return null;
            }

            LocalIndex index = new(shard, (JsonObject)JsonNode.Parse(meta)!, version);
            index.Recover();
            return index;
        }
        catch
        {
            shard.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file of a new index.</summary>
    public static LocalIndex Create(string path, JsonObject meta, ElasticsearchVersion version)
    {
        Shard shard = new(path);
        LocalIndex index = new(shard, meta, version);
        index.Save();
        return index;
    }

    /// <summary>Gives a restored file its new name and identity before it is opened.</summary>
    public static void Rewrite(string path, Func<JsonObject, JsonObject> change)
    {
        using Shard shard = new(path);
        JsonObject meta = (JsonObject)JsonNode.Parse(shard.GetMeta(MetaKey)!)!;
        shard.SetMeta(MetaKey, Json.ToText(change(meta)));
    }

    /// <summary>Writes everything but the documents; part of the shard's transaction when there is one.</summary>
    public void Save() => Shard.SetMeta(MetaKey, Json.ToText(new JsonObject
    {
        ["name"] = Name,
        ["uuid"] = Uuid,
        ["closed"] = IsClosed,
        ["primary_term"] = PrimaryTerm,
        ["settings"] = Settings.ToJson(flat: true),
        ["mappings"] = Mapping.ToJson(),
        ["fields"] = new JsonArray([.. Mapping.FieldNames.Select(name => (JsonNode?)name)]),
        ["aliases"] = Aliases.DeepClone(),
        ["lifecycle"] = Lifecycle.DeepClone(),
    }));

    /// <summary>Changes settings, mapping, aliases or state, and saves them; a change that throws leaves the saved state.</summary>
    public void Change(Action change)
    {
        lock (Shard.Gate)
        {
            if (IsDeleted)
                throw Errors.IndexNotFound(Name);
            change();
            Parser.Forget();
            Save();
        }
    }

    /// <summary>Takes back what a failed transaction left in memory.</summary>
    public void Rollback()
    {
        Shard.Rollback();
        JsonObject meta = (JsonObject)JsonNode.Parse(Shard.GetMeta(MetaKey)!)!;
        Mapping = new IndexMapping(Json.Strings(meta["fields"]));
        Mapping.Merge((JsonObject)meta["mappings"]!);
        Parser = new DocumentParser(Name, Mapping, Settings, _version);
        Recover();
    }

    /// <summary>Refuses to work on what is closed or gone; under the shard's gate.</summary>
    public void CheckOpen()
    {
        if (IsDeleted)
            throw Errors.IndexNotFound(Name);
        if (IsClosed)
            throw Errors.IndexClosed(Name, Uuid);
    }

    /// <summary>The index as it is now, for a search, when a check of its settings does not refuse it.</summary>
    public ShardReader OpenReader(Action? check = null)
    {
        lock (Shard.Gate)
        {
            CheckOpen();
            check?.Invoke();
            return Shard.OpenReader();
        }
    }

    /// <summary>Closes and removes the file; under the shard's gate.</summary>
    public void Delete()
    {
        IsDeleted = true;
        Shard.Dispose();
        Remove(Shard.Path);
    }

    public void Dispose() => Shard.Dispose();

    private static void Remove(string path)
    {
        foreach (string suffix in (string[])["", "-wal", "-shm"])
            File.Delete(path + suffix);
    }

    private void Recover()
    {
        while (Shard.Unindexed(RecoveryBatch) is { Count: > 0 } documents)
        {
            foreach (StoredDocument document in documents)
            {
                Parser.Parse(document.Id, document.Source, Shard.Buffer);
                Shard.Reindex(document.Number, Parser.Parsed);
            }

            Shard.FlushWhenFull();
        }
    }
}
