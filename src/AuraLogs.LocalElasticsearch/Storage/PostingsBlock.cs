using System.Buffers.Binary;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// The documents of one term in one flush: ascending numbers, relative to the block's first.
/// <code>
/// block = 0x00 *delta        delta: LEB128, the distance to the number before
///       | 0x01 *word         word: 64 bits, little endian, bit n of word w stands for first + 64 * w + n
/// </code>
/// The shorter of the two is written.
/// </summary>
internal readonly ref struct PostingsBlock(int first, ReadOnlySpan<byte> encoded)
{
    private const byte Deltas = 0;
    private const byte Bits = 1;

    private readonly ReadOnlySpan<byte> _encoded = encoded;

    public static byte[] Encode(ReadOnlySpan<int> docs)
    {
        int range = docs[^1] - docs[0] + 1;
        int words = (range + 63) >> 6;
        if (words * 8 <= docs.Length)
        {
            byte[] bits = new byte[1 + (words * 8)];
            bits[0] = Bits;
            foreach (int doc in docs)
                bits[1 + ((doc - docs[0]) >> 3)] |= (byte)(1 << ((doc - docs[0]) & 7));
            return bits;
        }

        byte[] buffer = new byte[1 + (docs.Length * 5)];
        buffer[0] = Deltas;
        int at = 1;
        int previous = docs[0];
        foreach (int doc in docs)
        {
            Leb128.Write(buffer, ref at, doc - previous);
            previous = doc;
        }

        return buffer.AsSpan(0, at).ToArray();
    }

    public void AddTo(DocSet set)
    {
        foreach (int doc in this)
            set.Add(doc);
    }

    public int CountIn(DocSet set)
    {
        int count = 0;
        foreach (int doc in this)
            if (set.Contains(doc))
                count++;
        return count;
    }

    public Enumerator GetEnumerator() => new(first, _encoded);

    internal ref struct Enumerator(int first, ReadOnlySpan<byte> encoded)
    {
        private readonly ReadOnlySpan<byte> _encoded = encoded;
        private int _at = 1;
        private int _base = first;
        private ulong _word;

        public int Current { get; private set; } = first;

        public bool MoveNext() => _encoded[0] == Bits ? NextBit() : NextDelta();

        private bool NextDelta()
        {
            if (_at >= _encoded.Length)
                return false;
            Current += Leb128.Read(_encoded, ref _at);
            return true;
        }

        private bool NextBit()
        {
            while (_word == 0)
            {
                if (_at >= _encoded.Length)
                    return false;
                if (_at > 1)
                    _base += 64;
                _word = BinaryPrimitives.ReadUInt64LittleEndian(_encoded[_at..]);
                _at += 8;
            }

            Current = _base + System.Numerics.BitOperations.TrailingZeroCount(_word);
            _word &= _word - 1;
            return true;
        }
    }
}
