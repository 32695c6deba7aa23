using System.Runtime.InteropServices;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// A field's numbers in one flush: <c>count</c> values of 8 bytes, then as many document numbers of 4, little endian.
/// A document with several values stands there several times.
/// </summary>
internal readonly ref struct ColumnBlock
{
    public ReadOnlySpan<long> Values { get; init; }

    public ReadOnlySpan<int> Docs { get; init; }

    public static ColumnBlock Decode(ReadOnlySpan<byte> data)
    {
        int count = data.Length / (sizeof(long) + sizeof(int));
        return new ColumnBlock
        {
            Values = MemoryMarshal.Cast<byte, long>(data[..(count * sizeof(long))]),
            Docs = MemoryMarshal.Cast<byte, int>(data[(count * sizeof(long))..]),
        };
    }

    public static byte[] Encode(ReadOnlySpan<int> docs, ReadOnlySpan<long> values) =>
        [.. MemoryMarshal.AsBytes(values), .. MemoryMarshal.AsBytes(docs)];
}
