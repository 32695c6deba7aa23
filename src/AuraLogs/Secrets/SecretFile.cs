namespace AuraLogs.Secrets;

/// <summary>
/// A small file whose content may be replaced while the process runs (a mounted Kubernetes secret is). Its time stamp can't
/// be relied on, because such a file is a link that stays the same, so the content itself is read again from time to time.
/// While it can't be read or is empty, the last content counts: an empty password must not lock the process out, and an empty key
/// must not let anybody in.
/// </summary>
internal sealed class SecretFile(string path, TimeProvider time)
{
    private static readonly TimeSpan RereadEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private string? _content;
    private long _readAt;

    /// <exception cref="IOException">It could not be read even once, or was empty.</exception>
    public string Read()
    {
        lock (_lock)
        {
            if (_content is null || time.GetElapsedTime(_readAt) >= RereadEvery)
                Reread();
            return _content!;
        }
    }

    /// <summary>Makes the next <see cref="Read"/> look at the disk, because the cluster refused what the file held.</summary>
    public void Expire()
    {
        lock (_lock)
            _readAt = long.MinValue / 2;
    }

    private void Reread()
    {
        try
        {
            var content = File.ReadAllText(path).Trim();
            _content = content.Length > 0 ? content : throw new InvalidDataException("it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // While it is being replaced, what was read before counts; SecretFileWatch tells when that lasts.
            if (_content is null)
                throw new IOException($"can't read {path}: {e.Message}", e);
        }

        _readAt = time.GetTimestamp();
    }
}
