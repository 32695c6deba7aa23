using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>
/// What lies in a repository. A snapshot is the list of the blocks of its indices' files; blocks are named by their
/// content, so that what two snapshots share is stored once.
/// <code>
/// snapshots.json      {"snapshots": [info, ...]}: the finished snapshots, oldest first
/// snap-UUID.json      {"indices": {name: {"size": bytes, "blocks": [hash, ...]}}}
/// blocks/HASH         a piece of an index's file, <see cref="BlockSize"/> bytes but for the last; HASH is its SHA-256 in hexadecimal
/// </code>
/// Written in the order blocks, list of blocks, list of snapshots, and deleted in the other, so that whatever is listed is whole.
/// </summary>
internal sealed class Repository(string name, IBlobStore blobs, bool isReadOnly)
{
    private const int BlockSize = 1 << 20;
    private const string Index = "snapshots.json";

    public string Name { get; } = name;

    public IBlobStore Blobs { get; } = blobs;

    public async Task<List<JsonObject>> ListAsync(CancellationToken cancel)
    {
        byte[]? json = await Blobs.GetAsync(Index, cancel);
        return json is null ? [] : [.. ((JsonArray)JsonNode.Parse(json)!["snapshots"]!).Select(item => (JsonObject)item!.DeepClone())];
    }

    /// <summary>Adds a finished snapshot, after its blocks.</summary>
    public async Task AddAsync(JsonObject info, JsonObject indices, CancellationToken cancel)
    {
        CheckWritable();
        List<JsonObject> all = await ListAsync(cancel);
        all.Add(info);
        await Blobs.PutAsync(ManifestOf(info), Json.ToBytes(new JsonObject { ["indices"] = indices.DeepClone() }), cancel);
        await SaveAsync(all, cancel);
    }

    /// <summary>Copies a file into the repository: only the blocks that are not there yet.</summary>
    /// <returns>The file's entry in the snapshot, and how much was new.</returns>
    public async Task<(JsonObject Entry, int Blocks, long Bytes)> StoreAsync(string path, CancellationToken cancel)
    {
        CheckWritable();
        await using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[BlockSize];
        JsonArray blocks = [];
        int added = 0;
        long addedBytes = 0;
        while (await file.ReadAtLeastAsync(buffer, BlockSize, throwOnEndOfStream: false, cancel) is > 0 and int read)
        {
            ReadOnlyMemory<byte> block = buffer.AsMemory(0, read);
            string hash = Convert.ToHexStringLower(SHA256.HashData(block.Span));
            blocks.Add(hash);
            if (await Blobs.ExistsAsync(BlockOf(hash), cancel))
                continue;
            await Blobs.PutAsync(BlockOf(hash), block, cancel);
            added++;
            addedBytes += read;
        }

        return (new JsonObject { ["size"] = file.Length, ["blocks"] = blocks }, added, addedBytes);
    }

    /// <summary>A snapshot's indices and their blocks.</summary>
    public async Task<JsonObject> ManifestAsync(JsonObject info, CancellationToken cancel)
    {
        byte[] json = await Blobs.GetAsync(ManifestOf(info), cancel)
            ?? throw new IOException($"the list of blocks of the snapshot [{info["snapshot"]}] is missing");
        return (JsonObject)JsonNode.Parse(json)!["indices"]!.DeepClone();
    }

    /// <summary>Puts a file together again; a block that is missing or damaged is an error.</summary>
    public async Task FetchAsync(JsonNode entry, string path, CancellationToken cancel)
    {
        await using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        foreach (string hash in Json.Strings(entry["blocks"]))
        {
            byte[] block = await Blobs.GetAsync(BlockOf(hash), cancel) ?? throw new IOException($"the block [{hash}] is missing");
            if (Convert.ToHexStringLower(SHA256.HashData(block)) != hash)
                throw new IOException($"the block [{hash}] is damaged");
            await file.WriteAsync(block, cancel);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>Deletes a snapshot and the blocks that no other one has.</summary>
    public async Task DeleteAsync(JsonObject info, CancellationToken cancel)
    {
        CheckWritable();
        List<JsonObject> all = await ListAsync(cancel);
        HashSet<string> candidates = BlocksOf(await ManifestAsync(info, cancel));
        all.RemoveAll(other => Json.Scalar(other["uuid"]) == Json.Scalar(info["uuid"]));
        await SaveAsync(all, cancel);
        foreach (JsonObject other in all)
            candidates.ExceptWith(BlocksOf(await ManifestAsync(other, cancel)));
        await Blobs.DeleteAsync(ManifestOf(info), cancel);
        foreach (string hash in candidates)
            await Blobs.DeleteAsync(BlockOf(hash), cancel);
    }

    /// <summary>Deletes blocks that no snapshot has, as an interrupted snapshot leaves them.</summary>
    public async Task<int> CleanUpAsync(CancellationToken cancel)
    {
        CheckWritable();
        HashSet<string> used = [];
        foreach (JsonObject info in await ListAsync(cancel))
            used.UnionWith(BlocksOf(await ManifestAsync(info, cancel)));
        List<string> unused = [.. (await Blobs.ListAsync("blocks/", cancel)).Where(block => !used.Contains(block["blocks/".Length..]))];
        foreach (string block in unused)
            await Blobs.DeleteAsync(block, cancel);
        return unused.Count;
    }

    private Task SaveAsync(List<JsonObject> all, CancellationToken cancel) =>
        Blobs.PutAsync(Index, Json.ToBytes(new JsonObject { ["snapshots"] = new JsonArray([.. all.Select(info => info.DeepClone())]) }), cancel);

    private void CheckWritable()
    {
        if (isReadOnly)
            throw new ElasticsearchException(500, "repository_exception", $"[{Name}] repository is readonly");
    }

    private static HashSet<string> BlocksOf(JsonObject manifest) => [.. manifest.SelectMany(index => Json.Strings(index.Value!["blocks"]))];

    private static string ManifestOf(JsonObject info) => $"snap-{Json.Scalar(info["uuid"])}.json";

    private static string BlockOf(string hash) => "blocks/" + hash;
}
