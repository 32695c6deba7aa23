using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>What the queue does beside its writing and reading survives a moment's failure.</summary>
public sealed class HousekeepingTests(ITestOutputHelper output)
{
    [Needs("gcc")]
    public async Task Every_kind_of_operation_of_the_queue_passes_through_the_layer_that_makes_it_fail()
    {
        await using var run = await FaultRun.StartAsync(Round.Options with
        {
            WithDiskFaults = true,
            Settings = ["AuraLogs:Queue:MaxBytes=33554432"],
            Load = Round.Options.Load with { Rate = 0, Records = 2_000_000, ChunkBytes = 200_000 },
        });
        run.Disk!.Set();
        await run.AcknowledgedMoreAsync(20_000);
        await run.Service.KillAsync();
        run.Service.Start();

        // A finished segment becomes a spare file, or is deleted when there are enough of them.
        await run.WaitAsync("a segment given back", () => run.Disk.Calls(DiskOperations.Rename) > 0);

        var calls = Enum.GetValues<DiskOperations>().Where(operation => int.IsPow2((int)operation)).ToDictionary(operation => operation, run.Disk.Calls);
        output.WriteLine(string.Join(", ", calls));
        DiskOperations[] expected =
        [
            DiskOperations.Open, DiskOperations.Create, DiskOperations.Read, DiskOperations.Write, DiskOperations.Sync, DiskOperations.Rename, DiskOperations.List,
        ];
        Assert.All(expected, operation => Assert.True(calls[operation] > 0, $"{operation}"));
        Assert.Empty(await run.EndAsync());
    }
}
