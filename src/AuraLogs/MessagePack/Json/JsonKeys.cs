using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AuraLogs.MessagePack.Json;

/// <summary>
/// The keys of the maps that are being written, to find a key that comes twice in one map. A key is compared by the bytes
/// that were written for it, so that whatever reads the JSON agrees. Each key has a fingerprint of 64 bits; small maps search
/// their fingerprints, large ones have a hash table with a secret seed, so that nobody can choose keys that collide.
/// Invariant: the pairs of a map lie one after the other in the buffer, each from its start to the start of the next.
/// </summary>
internal sealed class JsonKeys
{
    private const int LargeMap = 64;
    private const int UsualKeys = 256;
    private const int KeptKeys = 64 << 10;

    private int[] _starts = new int[UsualKeys];
    private ulong[] _fingerprints = new ulong[UsualKeys];
    private int _count;

    /// <summary>One open map.</summary>
    internal struct Frame
    {
        /// <summary>Its first key among all keys.</summary>
        internal int First;

        /// <summary>One bit for each fingerprint that is there: most new keys are known to be new from it alone.</summary>
        internal ulong Seen;

        /// <summary>How many pairs are to be taken out, because their key came again.</summary>
        internal int Dead;

        /// <summary>For a large map: indices of keys plus 1, by hash, linear probing; rented.</summary>
        internal int[]? Table;

        /// <summary>The size of the table, a power of two, less 1.</summary>
        internal int TableMask;

        /// <summary>With so many keys it needs a table, or a larger one: a map may get more than its head says, from metadata and groups.</summary>
        internal int Limit;
    }

    /// <summary>Begins a new document, and gives back the memory that an enormous one took.</summary>
    public void Reset()
    {
        _count = 0;
        if (_starts.Length <= KeptKeys)
            return;
        _starts = new int[UsualKeys];
        _fingerprints = new ulong[UsualKeys];
    }

    /// <param name="expectedKeys">As the map's head says.</param>
    public Frame Begin(int expectedKeys)
    {
        var frame = new Frame { First = _count, Limit = LargeMap };
        if (expectedKeys > LargeMap)
            BeginTable(ref frame, expectedKeys);
        return frame;
    }

    /// <summary>Takes the pair whose <c>"key":</c> has just been written; an earlier pair with that key is dead from now on.</summary>
    /// <param name="frame">The map.</param>
    /// <param name="start">Where the pair begins.</param>
    /// <param name="fingerprint">Of the key.</param>
    /// <param name="buffer">Where it was written.</param>
    public void Add(ref Frame frame, int start, ulong fingerprint, JsonBuffer buffer)
    {
        if (_count == _starts.Length)
            Grow();
        if (_count - frame.First == frame.Limit)
            EnlargeTable(ref frame, buffer);
        if (frame.Table is { } table)
        {
            AddToTable(ref frame, table, start, buffer);
        }
        else
        {
            var bit = 1ul << (int)(fingerprint >> 58);
            if ((frame.Seen & bit) != 0 && Find(frame, fingerprint, start, buffer) is var earlier and >= 0)
                Kill(ref frame, earlier);
            frame.Seen |= bit;
        }

        _starts[_count] = start;
        _fingerprints[_count] = fingerprint;
        _count++;
    }

    /// <summary>Whether the map has the key that has just been written at <paramref name="start"/>.</summary>
    public bool Contains(in Frame frame, int start, JsonBuffer buffer) => frame.Table is { } table
        ? table[FindSlot(frame, table, start, buffer.Position - start, buffer)] > 0
        : Find(frame, Fingerprint(buffer, start), start, buffer) >= 0;

    /// <summary>Closes the map: takes the dead pairs out of the buffer.</summary>
    public void End(ref Frame frame, JsonBuffer buffer)
    {
        if (frame.Dead > 0)
            RemoveDeadPairs(frame, buffer);
        if (frame.Table is { } table)
            ArrayPool<int>.Shared.Return(table);
        _count = frame.First;
    }

    /// <summary>The fingerprint of the key that has just been written at <paramref name="start"/>, as <c>"key":</c>.</summary>
    public static ulong Fingerprint(JsonBuffer buffer, int start) =>
        Fingerprint(buffer.Bytes.Slice(start + 1, buffer.Position - start - 3));

    /// <summary>The fingerprint of a key, from its length and at most its first and last eight bytes.</summary>
    /// <param name="key">What stands between its quotes.</param>
    public static ulong Fingerprint(ReadOnlySpan<byte> key)
    {
        ref var first = ref MemoryMarshal.GetReference(key);
        var (head, tail) = key.Length switch
        {
            >= 8 => (Unsafe.ReadUnaligned<ulong>(ref first), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, key.Length - 8))),
            >= 4 => (Unsafe.ReadUnaligned<uint>(ref first), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, key.Length - 4))),
            >= 1 => ((ulong)(first | (Unsafe.Add(ref first, key.Length / 2) << 8)), (ulong)Unsafe.Add(ref first, key.Length - 1)),
            _ => (0ul, 0ul),
        };
        return (BitOperations.RotateLeft(head * 0x9E3779B97F4A7C15, 29) ^ (tail + (ulong)key.Length)) * 0xBF58476D1CE4E5B9;
    }

    private void AddToTable(ref Frame frame, int[] table, int start, JsonBuffer buffer)
    {
        var slot = FindSlot(frame, table, start, buffer.Position - start, buffer);
        if (table[slot] > 0)
            Kill(ref frame, table[slot] - 1);
        table[slot] = _count + 1;
    }

    /// <summary>Where a key is in the table, or the free place where it belongs: there is one, since no table is more than half full.</summary>
    private int FindSlot(in Frame frame, int[] table, int start, int length, JsonBuffer buffer)
    {
        var slot = SecretHash(buffer.Bytes.Slice(start, length)) & frame.TableMask;
        while (table[slot] > 0 && !IsSameKey(buffer, table[slot] - 1, start, length))
            slot = (slot + 1) & frame.TableMask;
        return slot;
    }

    private static void BeginTable(ref Frame frame, int keys)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2(((uint)keys * 2) + 2);
        frame.Table = ArrayPool<int>.Shared.Rent(size);
        frame.Table.AsSpan(0, size).Clear();
        frame.TableMask = size - 1;
        frame.Limit = size / 2;
    }

    private void EnlargeTable(ref Frame frame, JsonBuffer buffer)
    {
        if (frame.Table is { } before)
            ArrayPool<int>.Shared.Return(before);
        BeginTable(ref frame, 2 * (_count - frame.First));
        for (var key = frame.First; key < _count; key++)
        {
            if (_starts[key] >= 0)
                frame.Table![FindSlot(frame, frame.Table, _starts[key], KeyLength(buffer, _starts[key]), buffer)] = key + 1;
        }
    }

    /// <summary>The bytes of <c>"key":</c>.</summary>
    private static int KeyLength(JsonBuffer buffer, int start)
    {
        var at = start + 1;
        while (buffer.Bytes[at] != (byte)'"')
            at += buffer.Bytes[at] == (byte)'\\' ? 2 : 1;
        return at + 2 - start;
    }

    private int Find(in Frame frame, ulong fingerprint, int start, JsonBuffer buffer)
    {
        var length = buffer.Position - start;
        for (var from = frame.First; from < _count; from++)
        {
            var found = _fingerprints.AsSpan(from, _count - from).IndexOf(fingerprint);
            if (found < 0)
                return -1;
            from += found;
            if (_starts[from] >= 0 && IsSameKey(buffer, from, start, length))
                return from;
        }

        return -1;
    }

    /// <summary>A written key ends with <c>":</c>, so no key is the beginning of another.</summary>
    private bool IsSameKey(JsonBuffer buffer, int key, int start, int length)
    {
        var bytes = buffer.Written;
        var other = _starts[key];
        return other >= 0 && bytes.Slice(other, Math.Min(length, start - other)).SequenceEqual(bytes.Slice(start, length));
    }

    private void Kill(ref Frame frame, int key)
    {
        _starts[key] = ~_starts[key];
        frame.Dead++;
    }

    private void RemoveDeadPairs(in Frame frame, JsonBuffer buffer)
    {
        var bytes = buffer.Bytes;
        var write = Start(frame.First);
        for (var i = frame.First; i < _count; i++)
        {
            var start = _starts[i];
            if (start < 0)
                continue;
            var end = i + 1 < _count ? Start(i + 1) : buffer.Position;
            bytes[start..end].CopyTo(bytes[write..]);
            write += end - start;
        }

        buffer.Position = write;
    }

    private int Start(int key) => _starts[key] < 0 ? ~_starts[key] : _starts[key];

    private static int SecretHash(ReadOnlySpan<byte> key) =>
        string.GetHashCode(MemoryMarshal.Cast<byte, char>(key)) ^ (key.Length % 2 == 0 ? 0 : key[^1] * 0x01000193);

    private void Grow()
    {
        Array.Resize(ref _starts, _starts.Length * 2);
        Array.Resize(ref _fingerprints, _fingerprints.Length * 2);
    }
}
