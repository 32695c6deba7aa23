using AuraLogs.LoadTests.Faults;
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
}
