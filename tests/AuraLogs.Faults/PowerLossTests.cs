using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>The power fails: what was not synced is gone, and a write may be there in part.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    [Needs(LazyFileSystem.Program)]
    public async Task Power_failures_lose_nothing_that_was_acknowledged()
    {
        var random = new Random(Round.Seed);
        output.WriteLine($"seed {Round.Seed}");
        await using var disk = await LazyFileSystem.MountAsync();
        await using var run = await FaultRun.StartAsync(Round.Options with { QueuePath = Path.Combine(disk.Mount, "queue") });
        var lost = 0;
        for (var i = 0; i < Round.Of(4, 100); i++)
        {
            await run.AcknowledgedMoreAsync(random.Next(1, 2000));

            // The proof that something was lost: a file of the test's own that nobody has synced.
            var unsynced = Path.Combine(disk.Mount, $"unsynced-{i}");
            await File.WriteAllTextAsync(unsynced, "never synced");
            await run.Service.KillAsync();
            await disk.LosePowerAsync();
            if (!File.Exists(unsynced) || (await File.ReadAllBytesAsync(unsynced)).All(value => value == 0))
                lost++;
            run.Service.Start();
        }

        await run.AcknowledgedMoreAsync(500);
        output.WriteLine($"{lost} power failures; {run.Figures}");
        Assert.Equal(Round.Of(4, 100), lost);
        Assert.Empty(await run.EndAsync());
    }
}
