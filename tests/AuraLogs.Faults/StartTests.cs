using System.Diagnostics;
using System.Net;
using AuraLogs.LoadTests.Faults;
using AuraLogs.LoadTests.Sinking;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>A start with a backlog while the disk can't be read: it waits, and whoever asks is told what for.</summary>
public sealed class StartTests(ITestOutputHelper output)
{
    private const int Backlog = 3000;

    /// <summary>Longer than anything that is tried a fixed number of times.</summary>
    private static readonly TimeSpan Unreadable = Round.Of(TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(120));

    [Needs("gcc")]
    public Task Reads_fail_for_a_while_at_a_start() => StartAsync(new DiskFault(DiskFaultKind.Fail, DiskOperations.Read, Errno.EIO), Unreadable);

    [Needs("gcc")]
    public Task Files_can_not_be_opened_for_a_while_at_a_start() =>
        StartAsync(new DiskFault(DiskFaultKind.Fail, DiskOperations.Open, Errno.EIO) { Path = ".log" }, Unreadable);

    [Needs("gcc")]
    public Task Directories_can_not_be_listed_for_a_while_at_a_start() =>
        StartAsync(new DiskFault(DiskFaultKind.Fail, DiskOperations.List, Errno.EIO), TimeSpan.FromSeconds(3));

    private async Task StartAsync(DiskFault fault, TimeSpan lasting)
    {
        // 1. A backlog.
        output.WriteLine($"seed {Round.Seed}; {fault} for {lasting.TotalSeconds} s");
        await using var run = await FaultRun.StartAsync(Round.Options with { WithDiskFaults = true });
        run.Sink.Behaviour.Forced = OutageKind.Refuse503;
        await run.AcknowledgedMoreAsync(Backlog);
        await run.Service.KillAsync();

        // 2. A start while the disk fails. A start that is refused is repeated, as an orchestrator does.
        run.Disk!.Set(fault);
        run.Sink.Behaviour.Forced = null;
        run.Service.Start();
        long firstHit = 0;
        var asked = false;
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            run.Service.StartAgainIfEnded();
            if (!asked && run.Health.Current?.Contains("queue-reads-failing") == true)
            {
                asked = true;
                Assert.Equal(HttpStatusCode.OK, await run.Health.StatusOfAsync("/healthz"));
                Assert.Equal(HttpStatusCode.ServiceUnavailable, await run.Health.StatusOfAsync("/readyz"));
            }

            if (firstHit == 0 && run.Disk.Hits > 0)
                firstHit = Stopwatch.GetTimestamp();
            if (asked && firstHit != 0 && Stopwatch.GetElapsedTime(firstHit) > lasting)
                break;
            Assert.True(Stopwatch.GetElapsedTime(began) < lasting + TimeSpan.FromMinutes(1), $"{run.Disk.Hits} operations have failed, and nobody was told. {run.Figures}");
        }

        var hits = run.Disk.Hits;
        run.Disk.Clear();
        await Task.Delay(500); // not to wait for anything: for the end of a start that was failing
        run.Service.StartAgainIfEnded();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine($"{hits} hits, {run.Service.Crashes.Count} starts refused; {run.Figures}");
        Assert.True(hits > 0);
        Assert.Empty(await run.EndAsync("queue-reads-failing"));
    }
}
