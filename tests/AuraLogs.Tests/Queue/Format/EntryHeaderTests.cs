using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Unpacking;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.Queue.Format;

public sealed class EntryHeaderTests
{
    private const ulong QueueId = 0x1234_5678_9abc_def0;

    [Fact]
    public void What_was_written_comes_back() => Prop.ForAll<byte[], byte[], byte[]>((tag, chunkId, events) =>
    {
        var written = Write(tag, chunkId, events);
        Assert.True(EntryHeader.TryRead(written, 4096, QueueId, out var header));
        var body = written.AsSpan(EntryHeader.Size, header.BodyLength);
        Assert.Equal(Crc32C.Compute(body), header.BodyCrc);
        Assert.Equal(tag, body[..header.TagLength].ToArray());
        Assert.Equal(chunkId, body.Slice(header.TagLength, header.ChunkIdLength).ToArray());
        Assert.Equal(events, body[(header.TagLength + header.ChunkIdLength)..].ToArray());
        Assert.Equal(Sample(tag, chunkId, events), header);
        Assert.Equal(4096 + written.Length, header.NextAddress);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null, null)]
    [InlineData(50_000_000L, 50_000_000L)]
    [InlineData(49_999_990L, 49_999_990L)]
    [InlineData(1L, 0L)]
    public void What_was_committed_before_it_comes_back_unless_it_is_too_far_back(long? committed, long? expected)
    {
        var written = new byte[EntryHeader.Size];
        var header = Sample([], [], []) with { Sequence = 50_000_000, CommittedSequence = committed };
        BitConverter.TryWriteBytes(written, EntryHeader.Size - EntryHeader.LengthField);
        header.Write(written.AsSpan(EntryHeader.LengthField));
        Assert.True(EntryHeader.TryRead(written, 4096, QueueId, out var read));
        Assert.Equal(expected, read.CommittedSequence);
        Assert.Equal(header.Compression, read.Compression);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception() => Prop.ForAll<byte[], long>((bytes, address) =>
        !EntryHeader.TryRead(bytes, address, QueueId, out _)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_single_flipped_bit_is_found()
    {
        var written = Write("kube.var"u8.ToArray(), "chunk"u8.ToArray(), "some events, not many"u8.ToArray());
        for (var bit = 0; bit < written.Length * 8; bit++)
        {
            written[bit / 8] ^= (byte)(1 << (bit % 8));
            var intact = EntryHeader.TryRead(written, 4096, QueueId, out var header)
                && header.BodyLength <= written.Length - EntryHeader.Size
                && Crc32C.Compute(written.AsSpan(EntryHeader.Size, header.BodyLength)) == header.BodyCrc;
            var isPadding = bit / 8 >= EntryHeader.Size + 8 + 5 + 21;
            Assert.True(intact == isPadding, $"Bit {bit}");
            written[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void An_entry_is_recognised_at_its_own_place_in_its_own_queue_only()
    {
        var written = Write([1], [2], [3]);
        Assert.False(EntryHeader.TryRead(written, 8192, QueueId, out _));
        Assert.False(EntryHeader.TryRead(written, 4096, QueueId + 1, out _));
        Assert.True(EntryHeader.TryRead(written, 4096, queueId: null, out _));
    }

    private static byte[] Write(byte[] tag, byte[] chunkId, byte[] events)
    {
        var header = Sample(tag, chunkId, events);
        var written = new byte[EntryHeader.SizeOnDisk(header.BodyLength)];
        var entry = new EntryToAppend(header, new NewEntry { Tag = tag, ChunkId = chunkId, Events = events, EventCount = 3 });
        BitConverter.TryWriteBytes(written, entry.SerializedLength);
        entry.SerializeTo(written.AsSpan(EntryHeader.LengthField));
        return written;
    }

    private static EntryHeader Sample(byte[] tag, byte[] chunkId, byte[] events) => new()
    {
        TagLength = tag.Length,
        ChunkIdLength = chunkId.Length,
        EventsLength = events.Length,
        EventCount = 3,
        FirstOrdinal = 17,
        ChunkSecond = 1_700_000_000,
        Compression = Compression.Zstd,
        ChunkIdMayRepeat = events.Length % 2 == 1,
        QueueId = QueueId,
        Address = 4096,
        Sequence = 99,
        ReceivedAtTicks = 638_000_000_000_000_000,
        BodyCrc = Crc32C.Compute(tag, chunkId, events),
    };
}
