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

    /// <summary>What was torn was never acknowledged: it is neither missing nor told of as lost.</summary>
    [NeedsTheory(LazyFileSystem.Program)]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("1,3")]
    [InlineData("2,4")]
    public async Task A_torn_write_loses_nothing_and_alarms_nobody(string persisted)
    {
        var random = new Random(Round.Seed);
        output.WriteLine($"seed {Round.Seed}");
        await using var disk = await LazyFileSystem.MountAsync();
        await using var run = await FaultRun.StartAsync(Round.Options with
        {
            QueuePath = Path.Combine(disk.Mount, "q"),
            Load = Round.Options.Load with { Connections = 8, ChunkBytes = 50_000 },
        });
        for (var i = 0; i < Round.Of(2, 50); i++)
        {
            await run.AcknowledgedMoreAsync(random.Next(1, 2000));
            var segment = Directory.GetFiles(Path.Combine(run.QueuePath, "segments")).Order(StringComparer.Ordinal).Last();
            await disk.TearAsync(segment, parts: 4, persisted);
            await run.WaitAsync("the torn write", () => disk.HasEnded);
            if (run.Service.IsRunning)
                await run.Service.KillAsync();
            await disk.RestartAsync();
            run.Service.Start();
        }

        await run.AcknowledgedMoreAsync(500);
        output.WriteLine(run.Figures);
        Assert.DoesNotContain("queue-damaged", run.Health.Told);
        Assert.Empty(await run.EndAsync());
    }
}
