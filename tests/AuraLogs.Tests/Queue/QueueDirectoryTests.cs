using System.Diagnostics;
using AuraLogs.Queue;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;

namespace AuraLogs.Tests.Queue;

public sealed class QueueDirectoryTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var queue = _directory.Open();
        var refusal = Assert.Throws<QueueDirectoryException>(() => _directory.Open());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Another_format_version_is_refused_and_left_as_it_is(int version)
    {
        await using (var queue = _directory.Open())
            await queue.AppendAsync(0, 1);
        var format = Path.Combine(_directory.Path, FormatFile.Name);
        File.WriteAllBytes(format, FormatFile.Line(version, 5));
        var before = File.ReadAllBytes(format);

        var refusal = Assert.Throws<QueueDirectoryException>(() => _directory.Open());
        Assert.Contains($"format version {version}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(format));
    }

    [Fact]
    public void A_name_that_can_not_be_looked_up_is_not_taken_for_missing()
    {
        using var disk = FileQueueDisk.OpenDirectory(_directory.Path);
        Assert.False(disk.Exists("missing"));
        Assert.False(disk.Exists("missing/missing"));
        Assert.Empty(disk.List("missing"));
        Assert.ThrowsAny<IOException>(() => disk.Exists(new string('a', 300)));
        Assert.ThrowsAny<IOException>(() => disk.List(new string('a', 300)));
    }

    [Fact]
    public void Deleting_a_file_of_a_directory_that_was_never_made_succeeds()
    {
        // A new queue whose first segment can't be created has no directory for it; the next attempt first deletes what the last one left.
        using var disk = FileQueueDisk.OpenDirectory(_directory.Path);
        disk.Delete("missing");
        disk.Delete($"{SegmentSet.Directory}/missing");
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_is_refused()
    {
        var file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "");
        Assert.Throws<QueueDirectoryException>(() => AuraLogs.Queue.Disk.FileQueueDisk.OpenDirectory(file));
    }

    [Fact]
    public async Task Opening_ten_gigabytes_takes_no_longer_than_opening_one()
    {
        // 320 segments of 32 MiB with one entry each; what is between is never written, so the disk does not have to.
        const int segments = 320;
        Directory.CreateDirectory(Path.Combine(_directory.Path, SegmentSet.Directory));
        await using (var queue = _directory.Open())
        {
            for (var number = 0L; number < segments; number++)
                WriteSegment(queue.QueueId, number * (32L << 20), number);
        }

        File.Delete(Path.Combine(_directory.Path, StateFile.Name));
        var began = Stopwatch.GetTimestamp();
        await using (var queue = _directory.Open())
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(3));
            Assert.InRange(queue.UsedBytes, 10_600_000_000, 10_900_000_000);
            Assert.Equal(new Ledger(segments, 0, 0, 0, 0, segments), queue.Ledger);
            await queue.ReadAndCompleteAsync(0, 1);
        }
    }

    private void WriteSegment(ulong queueId, long start, long number)
    {
        var entry = Entries.OnDisk(Entries.Number((int)number), queueId, start, number);
        using var file = new FileStream(
            Path.Combine(_directory.Path, SegmentSet.Directory, SegmentHeader.FileName(start)), FileMode.Create);
        file.Position = SegmentHeader.Size;
        file.Write(entry);
        file.SetLength(SegmentHeader.Size + (32L << 20));
    }
}
