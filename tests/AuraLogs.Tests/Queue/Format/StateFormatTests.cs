using AuraLogs.Queue.Format;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.Queue.Format;

public sealed class StateFormatTests
{
    [Fact]
    public void A_state_comes_back() => Prop.ForAll<long[]>(numbers =>
    {
        var state = Sample(numbers);
        var written = new byte[QueueState.Size];
        state.Write(written);
        Assert.Equal(state, QueueState.TryRead(written));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(130)]
    public void Torn_writes_come_back_and_too_many_are_told_as_one(int count)
    {
        var torn = Enumerable.Range(0, count).Select(i => new TornWrite(100 * i, (100 * i) + 50, i + 1)).ToList();
        var written = new byte[QueueState.Size];
        (Sample([1]) with { Torn = torn }).Write(written);
        var read = QueueState.TryRead(written)!.Torn;
        Assert.Equal(Math.Min(count, 100), read.Count);
        Assert.Equal(torn.Sum(write => write.Events), read.Sum(write => write.Events));
        Assert.Equal(torn[0].From, read[0].From);
        Assert.Equal(torn.TakeLast(read.Count - 1), read.Skip(1));

        // A state without all of them, or with those of another state, is none.
        var another = new byte[QueueState.Size];
        (Sample([2]) with { Torn = torn }).Write(another);
        Assert.Null(QueueState.TryRead([.. written[..96], .. another[96..]]));
        Assert.Null(QueueState.TryRead(written.AsSpan(0, 96)));
        written[104] ^= 1;
        Assert.Null(QueueState.TryRead(written));
    }

    [Fact]
    public void A_segment_header_comes_back()
    {
        var header = new SegmentHeader(1 << 22, 4 << 20, Sample([1, 2, 3, 4, 5]));
        var written = new byte[SegmentHeader.Size];
        header.Write(written);
        Assert.Equal(header, SegmentHeader.TryRead(written));
    }

    [Fact]
    public void A_state_with_any_flipped_bit_is_no_state()
    {
        var written = new byte[QueueState.Size];
        Sample([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).Write(written);
        for (var bit = 0; bit < 104 * 8; bit++)
        {
            written[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(QueueState.TryRead(written));
            written[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception() => Prop.ForAll<byte[]>(bytes =>
        QueueState.TryRead(bytes) is null && SegmentHeader.TryRead(bytes) is null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0000000000400000.log", true)]
    [InlineData("0000000000400000.LOG", false)]
    [InlineData("000000000040000G.log", false)]
    [InlineData("00000000004000000.log", false)]
    [InlineData("ffffffffffffffff.log", false)]
    [InlineData("0000000000ABCDEF.log", false)]
    [InlineData("readme.txt", false)]
    public void Only_the_queues_own_names_are_segments(string name, bool isSegment) =>
        Assert.Equal(isSegment, SegmentHeader.TryParseFileName(name, out _));

    private static QueueState Sample(long[] numbers)
    {
        long Number(int index) => index < numbers.Length ? numbers[index] : index;
        return new QueueState
        {
            QueueId = (ulong)Number(0),
            Position = Number(1),
            PositionSequence = Number(2),
            CommittedAddress = Number(3),
            CommittedSequence = Number(4),
            Indexed = Number(5),
            Duplicates = Number(6),
            DeadLettered = Number(7),
            Quarantined = Number(8),
            Forgotten = Number(9),
            Number = Number(10),
        };
    }
}
