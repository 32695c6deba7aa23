using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>The queue's real files fail, in one way after the other, while logs come in and go out.</summary>
public sealed class DiskErrorTests(ITestOutputHelper output)
{
    private const DiskOperations Synced = DiskOperations.Write | DiskOperations.Sync;

    /// <summary>How long a fault lasts; long enough for several commits, rounds of housekeeping and attempts to open the log again.</summary>
    private static readonly TimeSpan Lasting = Round.Of(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));

    [NeedsTheory("gcc")]
    [InlineData(nameof(Errno.EIO))]
    [InlineData(nameof(Errno.ENOSPC))]
    [InlineData(nameof(Errno.EROFS))]
    [InlineData(nameof(Errno.EDQUOT))]
    [InlineData(nameof(Errno.EFBIG))]
    [InlineData(nameof(Errno.ECANCELED))]
    public Task A_disk_that_refuses_all_changes(string error) =>
        FailsAsync("queue-disk-failing", new DiskFault(DiskFaultKind.Fail, DiskOperations.Changes, Enum.Parse<Errno>(error)));

    /// <summary>
    /// Finished segments can't be removed, nor become the next ones. .NET throws these two errors as no IOException, so they got past everything that waits for a disk
    /// and ended the process.
    /// </summary>
    [NeedsTheory("gcc")]
    [InlineData(nameof(Errno.EIO))]
    [InlineData(nameof(Errno.EFBIG))]
    [InlineData(nameof(Errno.ECANCELED))]
    public Task A_disk_that_refuses_to_rename_and_to_remove(string error) =>
        FailsAsync(null, new DiskFault(DiskFaultKind.Fail, DiskOperations.Rename | DiskOperations.Unlink, Enum.Parse<Errno>(error)));

    [Needs("gcc")]
    public Task Writes_that_end_in_the_middle() =>
        FailsAsync("queue-disk-failing", new DiskFault(DiskFaultKind.Torn, DiskOperations.Write, Errno.EIO) { Share = 0.2 });

    [Needs("gcc")]
    public Task Reads_and_writes_that_do_half() =>
        FailsAsync(null, new DiskFault(DiskFaultKind.Short, DiskOperations.Read | DiskOperations.Write) { Share = 0.5 });

    [Needs("gcc")]
    public Task Syncs_that_take_a_third_of_a_second() =>
        FailsAsync(null, new DiskFault(DiskFaultKind.Delay, Synced) { Delay = TimeSpan.FromMilliseconds(300) });

    [Needs("gcc")]
    public Task A_disk_that_hangs() =>
        FailsAsync(null, new DiskFault(DiskFaultKind.Hang, DiskOperations.All));

    [Needs("gcc")]
    public Task One_operation_in_ten_fails_whichever_it_is() => FailsAsync(
        "queue-disk-failing",
        new DiskFault(DiskFaultKind.Fail, DiskOperations.Changes, Errno.EIO) { Share = 0.1 },
        new DiskFault(DiskFaultKind.Fail, DiskOperations.List | DiskOperations.Open, Errno.EMFILE) { Share = 0.1 },
        new DiskFault(DiskFaultKind.Fail, DiskOperations.Read, Errno.EIO) { Share = 0.1 },
        new DiskFault(DiskFaultKind.Short, DiskOperations.Read | DiskOperations.Write) { Share = 0.1 });

    private async Task FailsAsync(string? told, params DiskFault[] faults)
    {
        output.WriteLine($"seed {Round.Seed}; {string.Join("; ", faults.AsEnumerable())}");
        await using var run = await FaultRun.StartAsync(Round.Options with { WithDiskFaults = true, Settings = ["AuraLogs:Queue:MaxBytes=67108864"] }); // small segments
        await run.AcknowledgedMoreAsync(500);

        run.Disk!.Set(faults);
        await run.WaitAsync("a fault", () => run.Disk.Hits > 0);
        if (told is not null)
            await run.ToldAsync(told);
        await Task.Delay(Lasting);
        run.Disk.Clear();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine(run.Figures);
        Assert.True(run.Disk.Hits > 0);
        Assert.Empty(await run.EndAsync(told is null ? [] : [told]));
    }
}
