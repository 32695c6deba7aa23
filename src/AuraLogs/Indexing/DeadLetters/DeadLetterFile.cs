using AuraLogs.Indexing.Judging;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>
/// Dead letters that the cluster does not take, kept on disk until it does: the items of bulk requests, two lines each, one after
/// the other. An item counts as stored once it is synced; what a crash left unfinished at the end was not, and is cut off.
/// The file never grows beyond its limit, not for a single large one either: then whoever has a dead letter waits. Only while some of
/// it is taken back, what stays is for a moment there twice.
/// </summary>
internal sealed class DeadLetterFile(IndexingOptions options, Problems problems, TimeProvider time) : IDisposable
{
    public const string Name = "dead-letters.ndjson";

    private const string FullProblem = "dead-letters-full";
    private const string LocalProblem = "dead-letters-on-disk";

    private readonly SemaphoreSlim _lock = new(1);
    private readonly string _path = Path.Combine(options.DeadLetterPath, Name);
    private readonly string _rest = Path.Combine(options.DeadLetterPath, Name + ".new");
    private bool _isChecked;

    /// <summary>Returns when the items are on disk; waits while there is no room for them.</summary>
    public async Task AppendAsync(ReadOnlyMemory<byte> items, CancellationToken cancellationToken)
    {
        while (!await TryAppendAsync(items, cancellationToken))
        {
            problems.Raise(
                FullProblem,
                "Elasticsearch refuses dead letters and the file that keeps them is full or can't be written, so indexing waits. "
                + "Repair the index of the dead letters, or give AuraLogs:Indexing:DeadLetterMaxBytes more room.");
            await Task.Delay(options.SlowRetryDelay, time, cancellationToken);
        }

        problems.Clear(FullProblem);
    }

    /// <summary>
    /// Offers everything in the file, in batches; what is still refused stays. When a batch can't be offered, it and all that
    /// follows stays.
    /// </summary>
    /// <param name="offer">Takes whole items; returns those to keep, or null when it could not offer them at all.</param>
    /// <param name="batchBytes">How much to offer at once; a single item may be more.</param>
    /// <param name="cancellationToken">Ends the offering; everything stays.</param>
    public async Task OfferAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]?>> offer, int batchBytes, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken);
        try
        {
            CutUnfinishedEnd();
            if (!File.Exists(_path) || new FileInfo(_path).Length == 0)
                return;
            await using var source = File.OpenRead(_path);
            if (await OfferBatchesAsync(source, offer, batchBytes, cancellationToken))
                File.Move(_rest, _path, overwrite: true);
        }
        finally
        {
            ShowWhatIsLocal();
            _lock.Release();
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <returns>Whether there is a new file, with the items to keep; when all are to be kept it is not even begun.</returns>
    private async Task<bool> OfferBatchesAsync(
        FileStream source,
        Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]?>> offer,
        int batchBytes,
        CancellationToken cancellationToken)
    {
        FileStream? kept = null;
        try
        {
            var (buffer, filled, offered) = (new byte[batchBytes], 0, 0L);
            while (await source.ReadAsync(buffer.AsMemory(filled), cancellationToken) is var read and > 0)
            {
                filled += read;
                var end = ItemLines.EndOf(buffer.AsSpan(0, filled));
                if (end == 0)
                {
                    if (filled == buffer.Length)
                        Array.Resize(ref buffer, 2 * buffer.Length);
                    continue;
                }

                // 1. Offer what is whole.
                var left = await offer(buffer.AsMemory(0, end), cancellationToken);
                if (left is null)
                    break;

                // 2. Keep what is refused still; the file stays as it is as long as that is everything.
                if (kept is null && left.Length < end)
                    kept = await CopyStartAsync(offered, cancellationToken);
                if (kept is not null)
                    await kept.WriteAsync(left, cancellationToken);
                offered += end;
                buffer.AsSpan(end, filled - end).CopyTo(buffer);
                filled -= end;
            }

            if (kept is null)
                return false;
            source.Position = offered;
            await source.CopyToAsync(kept, cancellationToken);
            kept.Flush(flushToDisk: true);
            return true;
        }
        finally
        {
            if (kept is not null)
                await kept.DisposeAsync();
        }
    }

    private async Task<FileStream> CopyStartAsync(long length, CancellationToken cancellationToken)
    {
        var copy = OpenSynced(_rest, FileMode.Create);
        await using var source = File.OpenRead(_path);
        await source.CopyToAsync(copy, cancellationToken);
        copy.SetLength(length);
        return copy;
    }

    private async Task<bool> TryAppendAsync(ReadOnlyMemory<byte> items, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken);
        try
        {
            CutUnfinishedEnd();
            Directory.CreateDirectory(options.DeadLetterPath);
            await using var file = OpenSynced(_path, FileMode.Append);
            var before = file.Length;
            if (before + items.Length > options.DeadLetterMaxBytes)
                return false;
            _isChecked = false;
            await file.WriteAsync(items, CancellationToken.None);
            file.Flush(flushToDisk: true);
            _isChecked = true;
            ShowWhatIsLocal();
            return true;
        }
        catch (Exception e) when (DiskError.Is(e))
        {
            return false;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Whoever looks for dead letters in the cluster alone does not find these.</summary>
    private void ShowWhatIsLocal()
    {
        if (File.Exists(_path) && new FileInfo(_path).Length is > 0 and var bytes)
        {
            problems.Raise(
                LocalProblem,
                $"{bytes} bytes of dead letters are on this disk only ({_path}), because Elasticsearch refuses them as well. "
                + "They are offered to it again from time to time; auralogs dead-letters list shows them, with the reason.");
        }
        else
        {
            problems.Clear(LocalProblem);
        }
    }

    private void CutUnfinishedEnd()
    {
        if (_isChecked || !File.Exists(_path))
            return;
        using (var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite))
        {
            var end = ItemLines.EndOf(file);
            if (end != file.Length)
                file.SetLength(end);
            file.Flush(flushToDisk: true);
        }

        _isChecked = true;
    }

    private static FileStream OpenSynced(string path, FileMode mode) =>
        new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Options = FileOptions.WriteThrough });
}
