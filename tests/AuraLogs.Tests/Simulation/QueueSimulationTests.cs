using System.Globalization;
using Xunit.Abstractions;

namespace AuraLogs.Tests.Simulation;

/// <summary>
/// Thousands of lives of a queue. <c>AURALOGS_TEST_SIMULATIONS</c> sets how many (default 10,000), and
/// <c>AURALOGS_TEST_SEED</c> runs one again; both together run so many from that seed on. A failure names its seed.
/// </summary>
public sealed class QueueSimulationTests(ITestOutputHelper output)
{
    private static readonly int FirstSeed = Setting("AURALOGS_TEST_SEED", 1);
    private static readonly int Count = Setting("AURALOGS_TEST_SIMULATIONS", FirstSeed == 1 ? 10_000 : 1);

    [Fact]
    public void Nothing_acknowledged_is_lost_through_crashes_and_a_failing_disk() =>
        RunAll(seed => new QueueSimulation(seed) { DamagesAtRest = false });

    [Fact]
    public void Nothing_intact_is_lost_when_files_are_damaged_too() =>
        RunAll(seed => new QueueSimulation(seed));

    [Fact]
    public void Nothing_is_lost_when_the_disk_can_not_be_read_for_a_while() =>
        RunAll(seed => new QueueSimulation(seed) { DamagesAtRest = false, FailsToRead = true });

    [Fact]
    public void A_build_that_acknowledges_before_the_commit_is_caught()
    {
        // The disk answers a write before it has it: for the queue's promise the same as an ack that does not wait.
        var failures = Failures(200, seed =>
        {
            var simulation = new QueueSimulation(seed) { DamagesAtRest = false };
            simulation.Disk.AcknowledgesBeforeWriting = true;
            return simulation;
        });
        Assert.Contains(failures, failure => failure.Contains("was acknowledged and is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_build_without_checksums_is_caught()
    {
        // After each damage at rest the checksums are made right again, so that they say nothing.
        var failures = Failures(200, seed => new QueueSimulation(seed) { AfterDamage = Checksums.MakeRight });
        Assert.Contains(failures, failure => failure.Contains("came back different", StringComparison.Ordinal));
    }

    private void RunAll(Func<int, QueueSimulation> create)
    {
        var failures = Failures(Count, create);
        foreach (var failure in failures.Take(5))
            output.WriteLine(failure);
        Assert.True(failures.Count == 0, $"{failures.Count} of {Count} simulations failed; first: {failures.FirstOrDefault()}");
    }

    private static List<string> Failures(int count, Func<int, QueueSimulation> create)
    {
        var failures = new List<string>();
        var next = FirstSeed - 1;
        // Threads of their own: FasterLog needs the pool's, and waits for them.
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            for (var seed = Interlocked.Increment(ref next); seed < FirstSeed + count; seed = Interlocked.Increment(ref next))
            {
                try
                {
                    using var simulation = create(seed);
                    simulation.Run();
                }
                catch (Exception e)
                {
                    lock (failures)
                        failures.Add($"seed {seed}: {e}");
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return failures;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
