using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AuraLogs.Fuzz.Targets;

/// <summary>Writes MessagePack for seeds, each method one value.</summary>
internal static class Packed
{
    /// <summary>First bytes that change the meaning of what follows, and times and markers of the forward protocol.</summary>
    public static readonly IReadOnlyList<byte[]> Words =
    [
        [0x80], [0x81], [0x90], [0x92], [0x93], [0x94], [0xa0], [0xc0], [0xc1], [0xc2], [0xc4], [0xc5], [0xc6], [0xc7], [0xca], [0xcb],
        [0xcc], [0xcd], [0xce], [0xcf], [0xd0], [0xd1], [0xd2], [0xd3], [0xd4], [0xd8], [0xd9], [0xda], [0xdb], [0xdc], [0xdd], [0xde], [0xdf], [0xe0],
        [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdb, 0x7f, 0xff, 0xff, 0xff], [0xc9, 0xff, 0xff, 0xff, 0xff], [0xdc, 0x00, 0x02], [0xdd, 0x00, 0x00, 0x00, 0x02],
        Time(1, 0), Time(uint.MaxValue, 0), Time(uint.MaxValue - 1, 0), [0xc7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        Str("chunk"), Str("compressed"), Str("gzip"), Str("zstd"), Str("size"), Str("fluent_signal"), Str("metadata"), Str("otlp"), Str("@timestamp"),
        Str("message"), Str("resource"), Str("scope"), Str("attributes"), Str("severity_text"), Str("severity_number"), Str("trace_id"),
        Str("observed_timestamp"), Str("k8s.pod.name"), Str("k8s.pod.label.app"), Str("level"), Str("kubernetes"), Str("event.metadata"),
    ];

    public static byte[] Nil => [0xc0];

    public static byte[] Array(params byte[][] values) => [(byte)(0x90 | values.Length), .. Concat(values)];

    /// <param name="pairs">Keys and values in turn.</param>
    public static byte[] Map(params byte[][] pairs) => [(byte)(0x80 | (pairs.Length / 2)), .. Concat(pairs)];

    public static byte[] Str(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return utf8.Length < 32 ? [(byte)(0xa0 | utf8.Length), .. utf8] : [0xd9, (byte)utf8.Length, .. utf8];
    }

    public static byte[] Bin(byte[] bytes)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
        return [0xc5, .. length, .. bytes];
    }

    public static byte[] Time(uint second, uint nanosecond)
    {
        var bytes = new byte[10];
        bytes[0] = 0xd7;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), second);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(6), nanosecond);
        return bytes;
    }

    public static byte[] Event(string message, uint second = 1_764_000_000) => Array(Time(second, 5), Map(Str("message"), Str(message), Str("n"), [7]));

    public static byte[] Concat(params byte[][] values) => [.. values.SelectMany(value => value)];

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }
}
