using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>The snapshot repositories: <c>fs</c> under an allowed path, <c>azure</c> with the account of the options.</summary>
internal sealed class Repositories(ClusterStore store, LocalElasticsearchOptions options, TimeProvider time) : IDisposable
{
    private const string Kind = "repository";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(100) };

    private List<string> AllowedPaths
    {
        get
        {
            string[] parts = options.RepositoryPaths.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            List<string> paths = [.. parts.Select(Path.GetFullPath)];
            return paths.Count > 0 ? paths : [Path.GetFullPath(Path.Combine(options.Path, "snapshots"))];
        }
    }

    public JsonObject? Find(string name) => store.Get(Kind, name);

    public List<(string Name, JsonObject Value)> All() => store.All(Kind);

    public Repository Get(string name)
    {
        JsonObject definition = Find(name) ?? throw Missing(name);
        return new Repository(name, Open(name, definition), Json.Flag(definition["settings"]?["readonly"]) ?? false);
    }

    /// <summary>Adds or replaces a repository, after it has been written to and read from.</summary>
    public async Task PutAsync(string name, JsonObject body, bool verify, CancellationToken cancel)
    {
        if (Json.Scalar(body["type"]) is not { } type)
            throw Errors.Validation("type is missing");
        JsonObject settings = [];
        foreach ((string key, JsonNode? value) in body["settings"] as JsonObject ?? [])
            settings[key] = Json.Scalar(value);
        JsonObject definition = new() { ["type"] = type, ["settings"] = settings };
        IBlobStore blobs = Open(name, definition);
        if (verify)
            await VerifyAsync(name, blobs, cancel);
        store.Put(Kind, name, definition);
    }

    public Task VerifyAsync(string name, CancellationToken cancel) => VerifyAsync(name, Get(name).Blobs, cancel);

    public void Delete(string name)
    {
        if (!store.Remove(Kind, name))
            throw Missing(name);
    }

    public void Dispose() => _http.Dispose();

    public static ElasticsearchException Missing(string name) => new(404, "repository_missing_exception", $"[{name}] missing");

    private IBlobStore Open(string name, JsonObject definition)
    {
        string type = Json.Scalar(definition["type"])!;
        JsonNode settings = definition["settings"]!;
        try
        {
            return type switch
            {
                "fs" => new DirectoryBlobStore(LocationOf(name, Json.Scalar(settings["location"]))),
                "azure" => OpenAzure(name, settings),
                _ => throw Refused(name, $"repository type [{type}] does not exist"),
            };
        }
        catch (ElasticsearchException e) when (e.Status != 400 && type is ("fs" or "azure"))
        {
            throw new ElasticsearchException(500, "repository_exception", $"[{name}] failed to create repository") { CausedBy = e, RootCauses = [e] };
        }
    }

    private string LocationOf(string name, string? location)
    {
        if (location is null)
            throw Refused(name, "missing location");
        if (location.Contains('\0', StringComparison.Ordinal))
            throw Errors.IllegalArgument($"[{name}] the location has a null character");
        string path = Path.GetFullPath(Path.IsPathRooted(location) ? location : Path.Combine(AllowedPaths[0], location));
        bool isAllowed = AllowedPaths.Exists(allowed => path == allowed || path.StartsWith(allowed + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        return isAllowed ? path : throw Refused(name, $"location [{location}] doesn't match any of the locations specified by path.repo");
    }

    private AzureBlobStore OpenAzure(string name, JsonNode settings)
    {
        if (options.AzureAccount.Length == 0 || options.AzureKey.Length == 0)
            throw Refused(name, $"Unable to find client with name [{Json.Scalar(settings["client"]) ?? "default"}]");
        Uri endpoint = new(options.AzureEndpoint.Length > 0 ? options.AzureEndpoint : $"https://{options.AzureAccount}.blob.core.windows.net");
        string container = Json.Scalar(settings["container"]) ?? "elasticsearch-snapshots";
        string basePath = (Json.Scalar(settings["base_path"]) ?? "").Trim('/');
        return new AzureBlobStore(_http, endpoint, options.AzureAccount, options.AzureKey, container, basePath, time);
    }

    private static async Task VerifyAsync(string name, IBlobStore blobs, CancellationToken cancel)
    {
        string probe = $"tests-{Guid.NewGuid():N}/master.dat";
        try
        {
            byte[] written = Guid.NewGuid().ToByteArray();
            await blobs.PutAsync(probe, written, cancel);
            byte[]? read = await blobs.GetAsync(probe, cancel);
            await blobs.DeleteAsync(probe, cancel);
            if (read is null || !read.AsSpan().SequenceEqual(written))
                throw new IOException("what was written could not be read back");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ElasticsearchException(500, "repository_verification_exception", $"[{name}] path  is not accessible on master node")
            {
                CausedBy = new ElasticsearchException(500, "i_o_exception", e.Message),
            };
        }
    }

    private static ElasticsearchException Refused(string name, string reason) => new(500, "repository_exception", $"[{name}] {reason}");
}
