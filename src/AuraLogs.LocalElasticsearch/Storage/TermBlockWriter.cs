namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>Builds <see cref="TermBlock"/>s of about 4 KB from a segment's terms in their order.</summary>
internal sealed class TermBlockWriter(int segment, Statement insert)
{
    /// <summary>A block takes no more terms after this: half a page, so that a search reads little and the blocks are few.</summary>
    private const int FullBytes = 4096;

    private byte[] _block = new byte[2 * FullBytes];
    private int _used;
    private byte[] _first = [];
    private byte[] _previous = [];

    public void Add(byte[] term, ReadOnlySpan<int> docs)
    {
        if (_used == 0)
            (_first, _previous) = (term, []);
        int shared = term.AsSpan().CommonPrefixLength(_previous);
        ReadOnlySpan<byte> postings = PostingsBlock.Encode(docs);
        int needed = term.Length + postings.Length + (4 * Leb128.MaxLength);
        if (_used + needed > _block.Length)
            Array.Resize(ref _block, (_used + needed) * 2);

        Leb128.Write(_block, ref _used, shared);
        Leb128.Write(_block, ref _used, term.Length - shared);
        Put(term.AsSpan(shared));
        Leb128.Write(_block, ref _used, docs[0] - segment);
        Leb128.Write(_block, ref _used, postings.Length);
        Put(postings);
        _previous = term;
        if (_used >= FullBytes)
            Flush();
    }

    public void Flush()
    {
        if (_used == 0)
            return;
        insert.Bind(1, segment).Bind(2, _first).Bind(3, _block.AsSpan(0, _used)).Run();
        _used = 0;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_block.AsSpan(_used));
        _used += bytes.Length;
    }
}
