using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>
/// The network between senders, product and Elasticsearch breaks, in namespaces of the test's own. Needs the right to make them; without
/// it a test prints the reason and does nothing.
/// </summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lasting = Round.Of(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(120));

    [Needs("ip", "nft")]
    public Task Everything_vanishes() => BreakAsync((network, _) => network.Partition(), Lasting);

    [Needs("ip", "nft")]
    public Task Connections_are_reset() => BreakAsync((network, _) => network.Reset(), Lasting);

    [Needs("ip", "nft")]
    public Task The_line_is_slow() => BreakAsync((network, _) => network.Slow(kilobytesPerSecond: 100), Lasting);

    /// <summary>A request without progress is a problem after 15 s.</summary>
    [Needs("ip", "nft")]
    public Task Elasticsearch_is_a_black_hole() =>
        BreakAsync((network, run) => network.BlackHole(run.Sink.Port), Round.Of(TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(120)), "elasticsearch-unavailable");

    private async Task BreakAsync(Action<FaultyNetwork, FaultRun> fault, TimeSpan lasting, params string[] told)
    {
        using var network = FaultyNetwork.TryCreate(out var reason);
        if (network is null)
        {
            output.WriteLine($"Not run: {reason}");
            return;
        }

        await using var run = await FaultRun.StartAsync(Round.Options with { Network = network });
        await run.AcknowledgedMoreAsync(500);

        fault(network, run);
        await run.WaitAsync("a packet that was hit", () => network.HitPackets() > 0);
        await Task.Delay(lasting);
        foreach (var code in told)
            await run.ToldAsync(code, TimeSpan.FromSeconds(15));
        var hits = network.Heal();
        await run.AcknowledgedMoreAsync(500);

        output.WriteLine($"{hits} packets hit; {run.Figures}");
        Assert.True(hits > 0);
        Assert.Empty(await run.EndAsync(told));
    }
}
