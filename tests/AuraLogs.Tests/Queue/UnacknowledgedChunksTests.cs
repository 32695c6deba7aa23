using AuraLogs.Queue.Format;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Tests.Queue;

public sealed class UnacknowledgedChunksTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Equal_chunks_are_found_as_often_as_they_were_stored_the_oldest_first()
    {
        var chunks = new UnacknowledgedChunks(_ => false);
        foreach (var address in (long[])[10, 30, 20])
            chunks.Add(new StoredChunk(1, address));
        chunks.Add(new StoredChunk(2, 40));
        chunks.Remove(new StoredChunk(1, 30));
        chunks.Remove(new StoredChunk(1, 31));

        Assert.Equal(10, Take(chunks, 1));
        Assert.Equal(20, Take(chunks, 1));
        Assert.Null(Take(chunks, 1));
        Assert.Equal(1, chunks.Count);
    }

    [Fact]
    public void What_the_disk_lost_is_not_found()
    {
        var chunks = new UnacknowledgedChunks(address => address == 10);
        chunks.Add(new StoredChunk(1, 10));
        chunks.Add(new StoredChunk(1, 20));
        Assert.Equal(20, Take(chunks, 1));
        Assert.Null(Take(chunks, 1));
    }

    [Fact]
    public void The_oldest_are_forgotten_when_there_are_too_many()
    {
        var chunks = new UnacknowledgedChunks(_ => false);
        for (var i = 0; i <= UnacknowledgedChunks.Capacity; i++)
            chunks.Add(new StoredChunk((UInt128)(i % 10_000), i));
        Assert.Equal(UnacknowledgedChunks.Capacity, chunks.Count);
        Assert.Equal(10_000, Take(chunks, 0));
        Assert.Equal(1, Take(chunks, 1));
    }

    [Fact]
    public async Task A_graceful_restart_keeps_them_and_a_crash_does_not()
    {
        var key = new UInt128(3, 4);
        await using (var queue = _directory.Open())
        {
            var address = await queue.AppendAsync(Entries.Number(1, 100), default);
            await queue.WaitForCommitAsync(address, default);
            queue.Unacknowledged.Add(new StoredChunk(key, address));
            queue.Unacknowledged.Add(new StoredChunk(5, address + 4096)); // never committed
        }

        await using (var queue = _directory.Open())
        {
            Assert.Equal(1, queue.Unacknowledged.Count);

            // The process ends here, as far as the disk knows.
            using var copy = new QueueDirectory();
            CopyDirectory(_directory.Path, copy.Path);
            await using (var crashed = copy.Open())
                Assert.Equal(0, crashed.Unacknowledged.Count);
        }

        await using (var queue = _directory.Open())
        {
            Assert.NotNull(Take(queue.Unacknowledged, key));
            Assert.True(queue.UsedBytes <= queue.MaxBytes);
        }

        await using (var queue = _directory.Open())
            Assert.Equal(0, queue.Unacknowledged.Count);
        Assert.Empty(_directory.Quarantined());
    }

    [Fact]
    public async Task A_damaged_file_is_as_none()
    {
        await using (var queue = _directory.Open())
        {
            var address = await queue.AppendAsync(Entries.Number(1, 100), default);
            await queue.WaitForCommitAsync(address, default);
            queue.Unacknowledged.Add(new StoredChunk(1, address));
        }

        var path = Path.Combine(_directory.Path, UnacknowledgedFile.Name);
        var bytes = await File.ReadAllBytesAsync(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            using var disk = AuraLogs.Queue.Disk.FileQueueDisk.OpenDirectoryReadOnly(_directory.Path);
            Assert.Empty(UnacknowledgedFile.Read(disk, StateFile.TryRead(disk)!));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public async Task It_is_outdated_by_the_next_state_and_removed_by_the_next_start()
    {
        await using (var queue = _directory.Open())
        {
            var address = await queue.AppendAsync(Entries.Number(1, 100), default);
            await queue.WaitForCommitAsync(address, default);
            queue.Unacknowledged.Add(new StoredChunk(1, address));
        }

        using (var disk = AuraLogs.Queue.Disk.FileQueueDisk.OpenDirectoryReadOnly(_directory.Path))
        {
            var state = StateFile.TryRead(disk)!;
            Assert.Single(UnacknowledgedFile.Read(disk, state));
            Assert.Empty(UnacknowledgedFile.Read(disk, state with { Number = state.Number + 1 }));
        }

        await using (var queue = _directory.Open())
        {
            Assert.Equal(1, queue.Unacknowledged.Count);
            Assert.False(File.Exists(Path.Combine(_directory.Path, UnacknowledgedFile.Name)));
        }
    }

    private static long? Take(UnacknowledgedChunks chunks, UInt128 key) => chunks.TryTake(key, out var address) ? address : null;

    private static void CopyDirectory(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
