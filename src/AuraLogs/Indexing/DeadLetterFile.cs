using AuraLogs.Operations.Health;

namespace AuraLogs.Indexing;

/// <summary>
/// Dead letters that the cluster does not take, kept on disk until it does: the items of bulk requests, two lines each, one after
/// the other. An item counts as stored once it is synced; what a crash left unfinished at the end was not, and is cut off.
/// The file never grows beyond its limit: then whoever has a dead letter waits.
/// </summary>
internal sealed class DeadLetterFile(IndexingOptions options, Problems problems, TimeProvider time) : IDisposable
{
    private const string FullProblem = "dead-letters-full";

    private readonly SemaphoreSlim _lock = new(1);
    private readonly string _path = Path.Combine(options.DeadLetterPath, "dead-letters.ndjson");
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
            var rest = _path + ".new";
            await using (var source = File.OpenRead(_path))
            await using (var kept = OpenSynced(rest, FileMode.Create))
            {
                await OfferBatchesAsync(source, kept, offer, batchBytes, cancellationToken);
                kept.Flush(flushToDisk: true);
            }

            File.Move(rest, _path, overwrite: true);
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose() => _lock.Dispose();

    private static async Task OfferBatchesAsync(
        FileStream source,
        FileStream kept,
        Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]?>> offer,
        int batchBytes,
        CancellationToken cancellationToken)
    {
        var buffer = new byte[batchBytes];
        var filled = 0;
        var isOffered = true;
        while (await source.ReadAsync(buffer.AsMemory(filled), cancellationToken) is var read and > 0)
        {
            filled += read;
            var end = EndOfItems(buffer.AsSpan(0, filled));
            if (end == 0)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, 2 * buffer.Length);
                continue;
            }

            var batch = buffer.AsMemory(0, end);
            var left = isOffered ? await offer(batch, cancellationToken) : null;
            isOffered = left is not null;
            await kept.WriteAsync(left ?? batch, cancellationToken);
            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            filled -= end;
        }
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
            if (before > 0 && before + items.Length > options.DeadLetterMaxBytes)
                return false;
            _isChecked = false;
            await file.WriteAsync(items, CancellationToken.None);
            file.Flush(flushToDisk: true);
            _isChecked = true;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            _lock.Release();
        }
    }

    private void CutUnfinishedEnd()
    {
        if (_isChecked || !File.Exists(_path))
            return;
        var bytes = File.ReadAllBytes(_path);
        var end = EndOfItems(bytes);
        if (end != bytes.Length)
        {
            using var file = OpenSynced(_path, FileMode.Open);
            file.SetLength(end);
        }

        _isChecked = true;
    }

    /// <summary>Behind the last whole item: behind the last newline that ends a second line.</summary>
    private static int EndOfItems(ReadOnlySpan<byte> bytes)
    {
        var end = 0;
        for (var position = 0; position < bytes.Length;)
        {
            var action = bytes[position..].IndexOf((byte)'\n');
            if (action < 0)
                break;
            var document = bytes[(position + action + 1)..].IndexOf((byte)'\n');
            if (document < 0)
                break;
            position += action + document + 2;
            end = position;
        }

        return end;
    }

    private static FileStream OpenSynced(string path, FileMode mode) =>
        new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Options = FileOptions.WriteThrough });
}
