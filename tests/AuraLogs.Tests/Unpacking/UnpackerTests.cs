using System.IO.Compression;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Unpacking;

public sealed class UnpackerTests
{
    private static readonly byte[] Content = RandomBytes(200_000);

    /// <summary>.NET writes nothing for nothing; others write this.</summary>
    private static readonly byte[] EmptyGzipMember = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string> Compressions => ["gzip", "zstd"];

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Gives_back_what_was_packed_whatever_the_size_of_the_reads(string name)
    {
        byte[] packed = Pack(name, Content);
        Assert.Equal(ToCompression(name), CompressionFormat.Detect(packed));
        foreach (int size in (int[])[Unpacker.MinDestinationBytes, 100, 4096, 1 << 20])
            Assert.Equal(Content, Unpack(packed, ToCompression(name), size));
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Reads_members_that_follow_each_other_as_one_stream(string name)
    {
        byte[] packed = [.. Pack(name, Content), .. Pack(name, []), .. Pack(name, [1, 2, 3])];
        Assert.Equal([.. Content, 1, 2, 3], Unpack(packed, ToCompression(name)));
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Reads_nothing_from_a_member_of_nothing(string name) => Assert.Empty(Unpack(Pack(name, []), ToCompression(name)));

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Refuses_what_is_cut_off_anywhere(string name)
    {
        byte[] packed = Pack(name, Content.AsSpan(0, 300).ToArray());
        for (int length = CompressionFormat.MagicBytes; length < packed.Length; length++)
        {
            byte[] cut = packed[..length];
            Assert.Throws<InvalidDataException>(() => Unpack(cut, ToCompression(name)));
        }
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Refuses_what_goes_on_with_something_else(string name)
    {
        byte[] packed = [.. Pack(name, Content), 1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Throws<InvalidDataException>(() => Unpack(packed, ToCompression(name)));
    }

    [Fact]
    public void Refuses_gzip_with_a_flipped_bit()
    {
        byte[] packed = Pack("gzip", Content);
        packed[packed.Length / 2] ^= 4;
        Assert.Throws<InvalidDataException>(() => Unpack(packed, Compression.Gzip));
    }

    private static Compression ToCompression(string name) => name == "gzip" ? Compression.Gzip : Compression.Zstd;

    private static byte[] Unpack(byte[] packed, Compression compression, int readSize = 65536)
    {
        using var unpacker = Unpacker.Open(packed, compression);
        var unpacked = new MemoryStream();
        byte[] piece = new byte[readSize];
        for (int read; (read = unpacker.Read(piece)) > 0;)
            unpacked.Write(piece, 0, read);
        Assert.Equal(0, unpacker.Read(piece));
        return unpacked.ToArray();
    }

    private static byte[] Pack(string name, byte[] content)
    {
        if (name == "zstd")
            return ZstdPacker.Pack(content);
        if (content.Length == 0)
            return [.. EmptyGzipMember];
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] RandomBytes(int count)
    {
        // Half of it random, half of it the same: something to pack.
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes.AsSpan(0, count / 2));
        return bytes;
    }
}
