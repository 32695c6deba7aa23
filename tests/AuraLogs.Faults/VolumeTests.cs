using System.Net;
using AuraLogs.LoadTests.Faults;
using AuraLogs.LoadTests.Sinking;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>The volume of the queue is full or away. Needs the right to mount; without it a test prints the reason and does nothing.</summary>
public sealed class VolumeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lasting = Round.Of(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));

    [Needs("mount")]
    public async Task A_volume_that_another_fills_to_the_brim()
    {
        using var volume = FaultyVolume.TryCreate(megabytes: 64, out var reason);
        if (volume is null)
        {
            output.WriteLine($"Not run: {reason}");
            return;
        }

        await using var run = await FaultRun.StartAsync(Round.Options with { QueuePath = Path.Combine(volume.Path, "queue"), Settings = ["AuraLogs:Queue:MaxBytes=268435456"] });
        await run.AcknowledgedMoreAsync(500);

        var filled = volume.Fill();
        await run.ToldAsync("queue-disk-failing");
        await Task.Delay(Lasting);
        volume.Empty();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine($"{filled} bytes filled; {run.Figures}");
        Assert.True(filled > 0);
        Assert.Empty(await run.EndAsync("queue-disk-failing"));
    }

    [Needs("mount")]
    public async Task A_volume_that_is_unmounted_for_a_while()
    {
        using var volume = FaultyVolume.TryCreate(megabytes: null, out var reason);
        if (volume is null)
        {
            output.WriteLine($"Not run: {reason}");
            return;
        }

        // Small segments, so that new ones are needed while the volume is away.
        await using var run = await FaultRun.StartAsync(Round.Options with { QueuePath = volume.Path, Settings = ["AuraLogs:Queue:MaxBytes=33554432"] });
        await run.AcknowledgedMoreAsync(500);

        volume.Detach();
        await run.ToldAsync("queue-disk-failing");
        await Task.Delay(Lasting);
        var below = volume.EntriesBelow();
        volume.Attach();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine(run.Figures);
        Assert.Empty(below);
        Assert.Empty(await run.EndAsync("queue-disk-failing"));
    }

    [Needs("mount")]
    public async Task A_start_on_a_volume_that_became_read_only_indexes_its_backlog_and_takes_logs_in_once_it_is_writable()
    {
        using var volume = FaultyVolume.TryCreate(megabytes: 128, out var reason);
        if (volume is null)
        {
            output.WriteLine($"Not run: {reason}");
            return;
        }

        // 1. A backlog.
        const int Backlog = 2000;
        await using var run = await FaultRun.StartAsync(Round.Options with { QueuePath = Path.Combine(volume.Path, "queue") });
        run.Sink.Behaviour.Forced = OutageKind.Refuse503;
        await run.AcknowledgedMoreAsync(Backlog);
        await run.Service.KillAsync();

        // 2. Its volume is read-only now, for two starts: the position of the first can't be persisted.
        volume.MakeReadOnly();
        run.Sink.Behaviour.Forced = null;
        var (created, acknowledged) = (run.Sink.Ledger.Created, run.Acknowledged);
        run.Service.Start();
        await run.WaitAsync("the backlog in the index", () => run.Sink.Ledger.Created >= created + Backlog && run.Health.Ledger is { Queued: 0 });
        var told = run.Health.Current;
        var (alive, ready) = (await run.Health.StatusOfAsync("/healthz"), await run.Health.StatusOfAsync("/readyz"));
        var conflicts = run.Sink.Ledger.Conflicts;
        var exitCode = await run.Service.TerminateAsync();
        run.Service.Start();
        await run.WaitAsync("the same again", () => run.Sink.Ledger.Conflicts >= conflicts + Backlog && run.Health.Ledger is { Queued: 0 });
        var acknowledgedMeanwhile = run.Acknowledged - acknowledged;

        // 3. It is writable again, without a restart.
        volume.MakeWritable();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine($"{run.Figures}; told while it was read-only: {string.Join(", ", told ?? [])}");
        Assert.Equal(["queue-disk-failing"], told);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (alive, ready));
        Assert.Equal(0, exitCode);
        Assert.Equal(0, acknowledgedMeanwhile);
        Assert.Equal(HttpStatusCode.OK, await run.Health.StatusOfAsync("/readyz"));
        Assert.Empty(await run.EndAsync("queue-disk-failing"));
    }
}
