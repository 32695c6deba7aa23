using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using AuraLogs.Indexing.Documents;

namespace AuraLogs.Tests.Indexing;

public sealed class DocumentIdTests
{
    private const string Alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(4711)]
    [InlineData((1 << 24) - 1)]
    public void An_id_is_second_hash_and_place_in_22_characters(int ordinal)
    {
        byte[] identity = [(byte)'c', 0, 0, 0, 0, 0, 0, 0, 3, .. "tag"u8, .. "chunk"u8];
        var bytes = new byte[17];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 1795338028);
        XxHash128.Hash(identity)[..9].CopyTo(bytes, 4);
        bytes[13] = (byte)(ordinal >> 16);
        bytes[14] = (byte)(ordinal >> 8);
        bytes[15] = (byte)ordinal;
        var expected = new StringBuilder();
        for (var bit = 0; bit < 132; bit += 6)
            expected.Append(Alphabet[((((bytes[bit / 8] << 8) | (bit / 8 + 1 < 17 ? bytes[bit / 8 + 1] : 0)) >> (10 - (bit % 8))) & 63)]);

        Assert.Equal(expected.ToString(), Id(1795338028, "tag", "chunk", ordinal));
    }

    [Fact]
    public void Ids_are_in_the_order_of_their_seconds_and_places()
    {
        string[] ids =
        [
            Id(100, "t", "a", 0), Id(100, "t", "a", 1), Id(100, "t", "a", 64), Id(100, "t", "a", 70_000), Id(101, "t", "b", 0), Id(4_000_000_000, "t", "c", 5),
        ];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Whatever_differs_makes_another_id()
    {
        string[] ids =
        [
            Id(1, "tag", "chunk", 0), Id(2, "tag", "chunk", 0), Id(1, "tagc", "hunk", 0), Id(1, "ta", "gchunk", 0), Id(1, "tag", "chunk2", 0),
            Id(1, "tag", "chunk", 1), Id(1, "tag", "chunk", 1 << 24), EntryId(1, 1, 1, 0), EntryId(1, 2, 1, 0), EntryId(1, 1, 2, 0), EntryId(1, 1, 1, 1),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private static string Id(uint second, string tag, string chunk, long ordinal)
    {
        var id = new DocumentId();
        id.BeginChunk(second, Encoding.UTF8.GetBytes(tag), Encoding.UTF8.GetBytes(chunk), ordinal);
        return Write(id, ordinal);
    }

    private static string EntryId(uint second, ulong queue, long address, long ordinal)
    {
        var id = new DocumentId();
        id.BeginEntry(second, queue, address, ordinal);
        return Write(id, ordinal);
    }

    private static string Write(DocumentId id, long ordinal)
    {
        var text = new byte[DocumentId.Length];
        id.WriteChunk(text);
        id.WriteOrdinal(ordinal, text);
        return Encoding.UTF8.GetString(text);
    }
}
