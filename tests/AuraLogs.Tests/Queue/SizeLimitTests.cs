using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Log;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Simulation;

namespace AuraLogs.Tests.Queue;

public sealed class SizeLimitTests : IDisposable
{
    private const long Budget = 64 << 10;
    private const long Resume = 32 << 10;

    private static readonly QueueLayout Layout = new()
    {
        PageSize = 4096,
        PartBytes = 1024,
        MaxEventBytes = 1024,
        SegmentSize = 8192,
        SegmentBudget = Budget,
        ResumeBytes = Resume,
        QuarantineBudget = 4096,
    };

    private readonly SimulatedDisk _disk = new(new Random(1));
    private readonly SegmentSet _segments = new([]);
    private readonly Problems _problems = new(TimeProvider.System);

    [Fact]
    public void The_queue_is_full_when_the_segments_would_take_more_and_stays_so_until_enough_is_given_back()
    {
        var limit = NewLimit(foreignBytes: 0);
        Assert.True(limit.TryGrow(0, 4096));
        Assert.False(limit.IsFull);

        Add(0, 40 << 10);
        Assert.False(limit.TryGrow(40 << 10, 60 << 10));
        Assert.True(limit.IsFull);
        Assert.Equal("queue-full", Assert.Single(_problems.Current).Code);
        Assert.True(Assert.Single(_problems.Current).StopsIntake);

        // Full is full: an entry that would fit has to wait as well, else large ones would never get their turn.
        Assert.False(limit.TryGrow(40 << 10, (40 << 10) + 1));
        Assert.False(limit.TryResume());

        _segments.RemoveLast();
        Assert.True(limit.TryResume());
        Assert.False(limit.IsFull);
        Assert.Empty(_problems.Current);
        Assert.True(limit.TryGrow(40 << 10, (40 << 10) + 1));
        Assert.False(limit.TryResume());
    }

    [Fact]
    public void What_others_have_in_the_directory_is_taken_from_the_segments()
    {
        const long foreign = 24 << 10;
        var (with, without) = (NewLimit(foreign), NewLimit(foreignBytes: 0));
        Assert.Equal(foreign, with.UsedBytes - without.UsedBytes);
        Assert.Equal(without.MaxBytes, with.MaxBytes);

        Add(0, 16 << 10);
        Assert.True(without.TryGrow(16 << 10, 24 << 10));
        Assert.False(with.TryGrow(16 << 10, 24 << 10));
        Assert.False(with.TryResume());
        _segments.RemoveLast();
        Assert.True(with.TryResume());
    }

    [Fact]
    public void Spare_files_are_kept_while_the_segments_take_no_more_than_half()
    {
        var limit = NewLimit(foreignBytes: 0);
        Add(0, 24 << 10);
        Assert.True(limit.HasRoomForSpares);
        Add(24 << 10, 40 << 10);
        Assert.False(limit.HasRoomForSpares);
    }

    public void Dispose() => _disk.Dispose();

    private SizeLimit NewLimit(long foreignBytes) => new(
        Layout, _segments, new SpareSegments(_disk), new Quarantine(_disk, _segments, Layout.QuarantineBudget, position: 0), foreignBytes, new QueueProblems(_problems));

    private void Add(long start, long end) => _segments.Add(new Segment(start, end));
}
