using AuraLogs.Queue;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// The queue's volume was unmounted under load and mounted again: meanwhile the next segment was created by its path on the file
/// system below the mount point, acknowledged there, and gone with the mount.
/// </summary>
public sealed class UnmountedVolumeTests : IDisposable
{
    private readonly QueueDirectory _directory = new();
    private readonly string _away;

    public UnmountedVolumeTests() => _away = _directory.Path + ".away";

    public void Dispose()
    {
        if (Directory.Exists(_away))
            Directory.Delete(_away, recursive: true);
        _directory.Dispose();
    }

    [Fact]
    public async Task While_another_directory_is_in_its_place_nothing_is_acknowledged_and_nothing_is_written_there()
    {
        await using var queue = _directory.Open(SteppedQueue.Layout);
        await queue.AppendAsync(0, 10);

        // For a process that has files open, moving the directory away and another one into its place is what umount -l is.
        Directory.Move(_directory.Path, _away);
        Directory.CreateDirectory(_directory.Path);
        var acknowledged = Enumerable.Range(0, 10).ToList();
        for (var number = 10; _directory.Problems.Current.Count == 0; number++)
        {
            Assert.True(number < 1000, "A segment was begun, and nobody noticed.");
            try
            {
                await queue.WaitForCommitAsync(await queue.AppendAsync(Entries.Number(number), default), default);
                acknowledged.Add(number);
            }
            catch (QueueFailedException)
            {
                // Not acknowledged: its sender keeps it.
            }
        }

        Assert.Contains(_directory.Problems.Current, problem => problem is { Code: "queue-disk-failing", StopsIntake: true });
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
        Directory.Delete(_directory.Path);
        Directory.Move(_away, _directory.Path);

        await Until.TrueAsync(() => _directory.Problems.Current.Count == 0);
        await queue.AppendAsync(2000, 100);
        foreach (var number in acknowledged.Concat(Enumerable.Range(2000, 100)))
            await queue.ReadAndCompleteAsync(number, 1);
    }
}
