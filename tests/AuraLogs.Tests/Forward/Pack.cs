using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AuraLogs.Tests.Unpacking;

namespace AuraLogs.Tests.Forward;

/// <summary>Writes MessagePack for tests, in the plainest way: each method gives the bytes of one value.</summary>
internal static class Pack
{
    public static readonly byte[] Nil = [0xc0];

    public static byte[] Array(params byte[][] values) => [.. Header(0x90, 0xdc, values.Length), .. Concat(values)];

    /// <param name="pairs">Keys and values in turn.</param>
    public static byte[] Map(params byte[][] pairs) => [.. Header(0x80, 0xde, pairs.Length / 2), .. Concat(pairs)];

    public static byte[] Str(string text) => Str(Encoding.UTF8.GetBytes(text));

    public static byte[] Str(byte[] utf8) => utf8.Length switch
    {
        < 32 => [(byte)(0xa0 | utf8.Length), .. utf8],
        <= byte.MaxValue => [0xd9, (byte)utf8.Length, .. utf8],
        _ => [0xdb, .. BigEndian((uint)utf8.Length), .. utf8],
    };

    public static byte[] Bin(byte[] bytes) => bytes.Length switch
    {
        <= byte.MaxValue => [0xc4, (byte)bytes.Length, .. bytes],
        <= ushort.MaxValue => [0xc5, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes],
        _ => [0xc6, .. BigEndian((uint)bytes.Length), .. bytes],
    };

    public static byte[] Int(int value) => value is >= 0 and <= 127 ? [(byte)value] : [0xd2, .. BigEndian((uint)value)];

    public static byte[] Time(uint second, uint nanosecond = 0) => [0xd7, 0x00, .. BigEndian(second), .. BigEndian(nanosecond)];

    public static byte[] Record(string message = "hello") => Map(Str("log"), Str(message));

    public static byte[] Event(uint second, string message = "hello") => Array(Time(second), Record(message));

    public static byte[] Concat(params byte[][] values)
    {
        byte[] all = new byte[values.Sum(value => value.Length)];
        int at = 0;
        foreach (byte[] value in values)
        {
            value.CopyTo(all, at);
            at += value.Length;
        }

        return all;
    }

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    public static byte[] Zstd(byte[] content) => ZstdPacker.Pack(content);

    private static byte[] Header(byte small, byte large, int count) =>
        count < 16 ? [(byte)(small | count)] : [large, (byte)(count >> 8), (byte)count];

    private static byte[] BigEndian(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
