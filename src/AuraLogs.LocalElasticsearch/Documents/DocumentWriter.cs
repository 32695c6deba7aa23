using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;
using Microsoft.Data.Sqlite;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// Carries out write operations: resolves their indices, creates those that are missing, and writes each index's share
/// in one transaction, so that a bulk request costs one sync an index. Answers in the order of the operations.
/// </summary>
internal sealed class DocumentWriter(IndexCatalog catalog, ClusterSettings settings, ElasticsearchVersion version, TimeProvider time)
{
    public WriteResult[] Write(IReadOnlyList<WriteOperation> operations, int activeShards = 1)
    {
        CheckClusterBlock();

        // 1. Where does each go? What cannot be resolved has its verdict.
        WriteResult?[] results = new WriteResult?[operations.Count];
        Dictionary<LocalIndex, List<int>> byIndex = [];
        Dictionary<string, LocalIndex> resolved = [];
        Dictionary<(string Name, bool RequiresAlias), ElasticsearchException> refused = [];
        for (int i = 0; i < operations.Count; i++)
        {
            WriteOperation operation = operations[i];
            string name = DateMathName.Resolve(operation.Index!, time.GetUtcNow());
            try
            {
                if (operation.Pipeline is not null)
                    throw Errors.IllegalArgument($"pipeline with id [{operation.Pipeline}] does not exist");
                if (refused.TryGetValue((name, operation.RequiresAlias), out ElasticsearchException? refusal))
                {
                    results[i] = WriteResult.Refused(name, operation.Id, refusal);
                    continue;
                }

                if (!resolved.TryGetValue(name, out LocalIndex? index))
                    resolved[name] = index = Resolve(name, operation.RequiresAlias, refused);
                CheckType(operation, index);
                if (!byIndex.TryGetValue(index, out List<int>? share))
                    byIndex[index] = share = [];
                share.Add(i);
            }
            catch (ElasticsearchException e) when (!e.Message.StartsWith("no write index", StringComparison.Ordinal))
            {
                results[i] = WriteResult.Refused(name, operation.Id, e);
            }
        }

        // 2. Each index's share, in one transaction.
        foreach ((LocalIndex index, List<int> share) in byIndex)
            lock (index.Shard.Gate)
                WriteShare(index, share, operations, results, activeShards);
        return results!;
    }

    /// <summary>An index that can't be made is tried once a request, not once an operation: a request of 100,000 took hours.</summary>
    private LocalIndex Resolve(string name, bool requiresAlias, Dictionary<(string Name, bool RequiresAlias), ElasticsearchException> refused)
    {
        try
        {
            return catalog.ForWriting(name, requiresAlias);
        }
        catch (ElasticsearchException e)
        {
            refused[(name, requiresAlias)] = e;
            throw;
        }
    }

    private void WriteShare(LocalIndex index, List<int> share, IReadOnlyList<WriteOperation> operations, WriteResult?[] results, int activeShards)
    {
        if (Blocked(index, activeShards) is { } blocked)
        {
            foreach (int i in share)
                results[i] = WriteResult.Refused(index.Name, operations[i].Id, blocked);
            return;
        }

        bool mappingChanged = false;
        try
        {
            index.Shard.Begin();
            foreach (int i in share)
            {
                try
                {
                    results[i] = WriteOne(index, operations[i]);
                }
                catch (ElasticsearchException e)
                {
                    results[i] = WriteResult.Refused(index.Name, operations[i].Id, e);
                }

                mappingChanged |= index.Parser.ChangedMapping;
            }

            if (mappingChanged)
                index.Save();
            index.Shard.Commit();
        }
        catch (SqliteException e) when (Sqlite.IsDiskFull(e))
        {
            index.Rollback();
            foreach (int i in share)
                results[i] = WriteResult.Refused(index.Name, operations[i].Id, IndexBlocks.DiskFull(version, index.Name));
        }
        catch
        {
            index.Rollback();
            throw;
        }
    }

    private WriteResult WriteOne(LocalIndex index, WriteOperation operation) => operation.Action switch
    {
        WriteAction.Delete => Delete(index, operation),
        WriteAction.Update => Update(index, operation),
        _ => Put(index, operation),
    };

    private WriteResult Put(LocalIndex index, WriteOperation operation)
    {
        string id = operation.Id ?? Ids.Document(time.GetUtcNow());
        index.Parser.Parse(id, operation.Source, index.Shard.Buffer);

        // A create need not look first: the document is refused where its id is taken.
        bool isNew = operation.Id is null || operation is { Action: WriteAction.Create, IfSeqNo: null, Version: null };
        (int Number, long Version)? existing = isNew ? null : index.Shard.Find(id);
        if (existing is not null && operation.Action == WriteAction.Create)
            throw AlreadyExists(index, id);
        long next = CheckedVersion(index, operation, existing, id);
        return Store(index, id, operation.Source.Span, existing, next);
    }

    private static ElasticsearchException AlreadyExists(LocalIndex index, string id)
    {
        index.Parser.Undo();
        return Conflict(index, id, $"document already exists (current version [{index.Shard.Find(id)!.Value.Version}])");
    }

    private static WriteResult Store(LocalIndex index, string id, ReadOnlySpan<byte> source, (int Number, long Version)? existing, long next)
    {
        if (index.Shard.Put(id, next, source, index.Parser.Parsed, existing?.Number) is not { } number)
            throw AlreadyExists(index, id);
        return Done(index, id, existing is null ? 201 : 200, existing is null ? "created" : "updated", next, number);
    }

    private WriteResult Update(LocalIndex index, WriteOperation operation)
    {
        JsonObject request = Json.ParseObject(operation.Source.Span) ?? throw Errors.Parse("request body is required");
        if (request["script"] is not null)
            throw Errors.IllegalArgument("scripts are not supported by the local Elasticsearch");
        string id = operation.Id!;
        StoredDocument? existing = index.Shard.Get(id);
        JsonObject? changes = request["doc"] as JsonObject;
        if (existing is null)
        {
            JsonObject? upsert = Json.Flag(request["doc_as_upsert"]) == true ? changes : request["upsert"] as JsonObject;
            if (upsert is null)
            {
                string what = version.HasTypes ? $"[_doc][{id}]" : $"[{id}]";
                throw Located(index, new ElasticsearchException(404, "document_missing_exception", $"{what}: document missing"));
            }

            byte[] made = Json.ToBytes(upsert);
            index.Parser.Parse(id, made, index.Shard.Buffer);
            return Store(index, id, made, null, CheckedVersion(index, operation, null, id));
        }

        JsonObject before = (JsonObject)Json.Parse(existing.Source)!;
        JsonObject after = (JsonObject)before.DeepClone();
        Merge(after, changes ?? []);
        if ((Json.Flag(request["detect_noop"]) ?? true) && JsonNode.DeepEquals(before, after))
            return Done(index, id, 200, "noop", existing.Version, existing.Number);
        byte[] source = Json.ToBytes(after);
        index.Parser.Parse(id, source, index.Shard.Buffer);
        return Store(index, id, source, (existing.Number, existing.Version), CheckedVersion(index, operation, (existing.Number, existing.Version), id));
    }

    private WriteResult Delete(LocalIndex index, WriteOperation operation)
    {
        string id = operation.Id!;
        (int Number, long Version)? existing = index.Shard.Find(id);
        long next = CheckedVersion(index, operation, existing, id);
        int number = index.Shard.Delete(id, next, existing?.Number, time.GetUtcNow());
        return Done(index, id, existing is null ? 404 : 200, existing is null ? "not_found" : "deleted", next, number);
    }

    /// <summary>The version that a write gives the document, when what it expects is so.</summary>
    private static long CheckedVersion(LocalIndex index, WriteOperation operation, (int Number, long Version)? existing, string id)
    {
        if (operation.IfSeqNo is { } expected && (existing?.Number != expected || (operation.IfPrimaryTerm ?? index.PrimaryTerm) != index.PrimaryTerm))
        {
            throw Conflict(
                index, id,
                $"required seqNo [{expected}], primary term [{operation.IfPrimaryTerm}]. "
                + (existing is { } found
                    ? $"current document has seqNo [{found.Number}] and primary term [{index.PrimaryTerm}]"
                    : "but no document was found"));
        }

        long current = existing?.Version ?? (operation.Id is null ? 0 : index.Shard.VersionBefore(id));
        if (!operation.IsVersionExternal || operation.Version is not { } wanted)
            return current + 1;
        return wanted > current
            ? wanted
            : throw Conflict(index, id, $"current version [{current}] is higher or equal to the one provided [{wanted}]");
    }

    private static void Merge(JsonObject into, JsonObject changes)
    {
        foreach ((string name, JsonNode? value) in changes)
        {
            if (value is JsonObject below && into[name] is JsonObject existing)
                Merge(existing, below);
            else
                into[name] = value?.DeepClone();
        }
    }

    private static WriteResult Done(LocalIndex index, string id, int status, string result, long version, int number) =>
        new(index.Name, id, status)
        {
            Result = result,
            Version = version,
            SeqNo = number,
            PrimaryTerm = index.PrimaryTerm,
            Copies = 1 + index.Settings.Replicas,
        };

    private static ElasticsearchException Conflict(LocalIndex index, string id, string reason) =>
        Located(index, new ElasticsearchException(409, "version_conflict_engine_exception", $"[{id}]: version conflict, {reason}"));

    private static ElasticsearchException Located(LocalIndex index, ElasticsearchException e) =>
        new(e.Status, e.Type, e.Message) { Details = new JsonObject { ["index_uuid"] = index.Uuid, ["shard"] = "0", ["index"] = index.Name } };

    private ElasticsearchException? Blocked(LocalIndex index, int activeShards)
    {
        try
        {
            index.CheckOpen();
            if (ClusterHealth.StatusOf(index) == "red")
                throw new ElasticsearchException(503, "unavailable_shards_exception", $"[{index.Name}][0] primary shard is not active");
            if (activeShards > 1)
                throw new ElasticsearchException(503, "unavailable_shards_exception",
                    $"[{index.Name}][0] Not enough active copies to meet shard count of [{activeShards}] (have 1, needed {activeShards}).");
            IndexBlocks.CheckWrite(index, version);
            return null;
        }
        catch (ElasticsearchException e)
        {
            return e;
        }
    }

    private void CheckType(WriteOperation operation, LocalIndex index)
    {
        if (version.HasTypes && operation.Type is not (null or "_doc"))
            throw Errors.IllegalArgument($"Rejecting mapping update to [{index.Name}] as the final mapping would have more than 1 type: [_doc, {operation.Type}]");
    }

    private void CheckClusterBlock()
    {
        if (settings["cluster.blocks.read_only"] == "true")
            throw IndexBlocks.ClusterReadOnly();
    }
}
