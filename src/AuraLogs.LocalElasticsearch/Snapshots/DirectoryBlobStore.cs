namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>A repository of the type <c>fs</c>: blobs are files under a directory.</summary>
internal sealed class DirectoryBlobStore(string directory) : IBlobStore
{
    public async Task PutAsync(string name, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        await using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
        {
            await file.WriteAsync(data, cancel);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancel) =>
        File.Exists(PathOf(name)) ? await File.ReadAllBytesAsync(PathOf(name), cancel) : null;

    public Task<bool> ExistsAsync(string name, CancellationToken cancel) => Task.FromResult(File.Exists(PathOf(name)));

    public Task DeleteAsync(string name, CancellationToken cancel)
    {
        if (File.Exists(PathOf(name)))
            File.Delete(PathOf(name));
        return Task.CompletedTask;
    }

    public Task<List<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        List<string> names = [];
        if (Directory.Exists(directory))
            foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
                if (Path.GetRelativePath(directory, path).Replace('\\', '/') is var name && name.StartsWith(prefix, StringComparison.Ordinal))
                    names.Add(name);
        return Task.FromResult(names);
    }

    private string PathOf(string name) => Path.Combine(directory, name);
}
