using System.Buffers.Text;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>
/// Reads a <c>_bulk</c> body as it comes: pairs of lines, an action and its document. It looks only for line ends, the
/// action's id and the document's sequence number.
/// </summary>
internal sealed class BulkScanner(SequenceLedger ledger, Behaviour behaviour)
{
    private const int BufferBytes = 256 << 10;
    private byte[] _buffer = new byte[BufferBytes];
    private int _failing;

    /// <summary>Reads the body to its end, judging every document, and adds the items to the answer.</summary>
    public async Task<long> ReadAsync(Stream body, BulkAnswer answer, CancellationToken cancellationToken)
    {
        var kept = 0;
        long bytes = 0;
        var tally = default(SequenceLedger.Tally);
        var failItems = behaviour.Now == OutageKind.FailItems;
        while (await body.ReadAsync(_buffer.AsMemory(kept), cancellationToken) is var count and > 0)
        {
            bytes += count;
            var filled = kept + count;
            var used = Take(_buffer.AsSpan(0, filled), answer, failItems, ref tally);
            kept = filled - used;
            _buffer.AsSpan(used, kept).CopyTo(_buffer);
            if (kept == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        ledger.Add(tally);
        return bytes;
    }

    /// <summary>Takes the pairs that came whole and returns their length.</summary>
    private int Take(ReadOnlySpan<byte> received, BulkAnswer answer, bool failItems, ref SequenceLedger.Tally tally)
    {
        var used = 0;
        while (received[used..].IndexOf((byte)'\n') is var actionLength and >= 0
               && received[(used + actionLength + 1)..].IndexOf((byte)'\n') is var documentLength and >= 0)
        {
            var action = received.Slice(used, actionLength);
            var document = received.Slice(used + actionLength + 1, documentLength);
            used += actionLength + documentLength + 2;
            var id = Id(action);
            var refused = failItems && ++_failing % 50 == 0;
            var status = refused ? 429 : ledger.Judge(Sequence(document), Hash(id), ref tally);
            answer.Item(action.StartsWith("{\"index\""u8) ? "index"u8 : "create"u8, id, status);
        }

        return used;
    }

    private static ReadOnlySpan<byte> Id(ReadOnlySpan<byte> action)
    {
        var at = action.IndexOf("\"_id\":\""u8);
        if (at < 0)
            return default;
        var id = action[(at + 7)..];
        return id[..Math.Max(0, id.IndexOf((byte)'"'))];
    }

    private static long Sequence(ReadOnlySpan<byte> document)
    {
        var at = document.IndexOf("\"seq\":"u8);
        return at >= 0 && Utf8Parser.TryParse(document[(at + 6)..], out long number, out _) ? number : -1;
    }

    private static uint Hash(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return 0;
        ulong hash = 14695981039346656037;
        while (id.Length >= 8)
        {
            hash = (hash ^ BitConverter.ToUInt64(id)) * 1099511628211 * 31;
            hash ^= hash >> 29;
            id = id[8..];
        }

        foreach (var value in id)
            hash = (hash ^ value) * 1099511628211;
        return Math.Max(2, (uint)(hash >> 32));
    }
}
