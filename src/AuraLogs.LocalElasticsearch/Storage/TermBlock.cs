namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// Some consecutive terms of a segment with their documents, in the order of their bytes.
/// <code>
/// block = *entry
/// entry = shared length rest first size postings
///         shared: LEB128, how many bytes the term has in common with the one before (0 in the first entry)
///         length, rest: LEB128 and the bytes that follow
///         first: LEB128, the term's first document, relative to the segment's
///         size, postings: LEB128 and the rest of a <see cref="PostingsBlock"/>
/// </code>
/// </summary>
internal ref struct TermBlock(int segment, ReadOnlySpan<byte> data, TermBlock.Scratch scratch)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ReadOnlySpan<byte> _postings;
    private int _at;
    private int _first;
    private int _length;

    public readonly ReadOnlySpan<byte> Term => scratch.Bytes.AsSpan(0, _length);

    public readonly PostingsBlock Postings => new(_first, _postings);

    public bool MoveNext()
    {
        if (_at >= _data.Length)
            return false;
        int shared = Leb128.Read(_data, ref _at);
        int rest = Leb128.Read(_data, ref _at);
        _length = shared + rest;
        if (scratch.Bytes.Length < _length)
            Array.Resize(ref scratch.Bytes, _length * 2);
        _data.Slice(_at, rest).CopyTo(scratch.Bytes.AsSpan(shared));
        _at += rest;
        _first = segment + Leb128.Read(_data, ref _at);
        int size = Leb128.Read(_data, ref _at);
        _postings = _data.Slice(_at, size);
        _at += size;
        return true;
    }

    /// <summary>Where terms are put together; one reader's blocks share it.</summary>
    internal sealed class Scratch
    {
        public byte[] Bytes = new byte[512];
    }
}
