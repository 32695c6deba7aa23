using AuraLogs.EndToEnd.Harness;
using AuraLogs.EndToEnd.Indexing;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>Whatever ends the process, an acknowledged event is in the index exactly once after a restart on the same directory.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 10;
    private const int Connections = 4;
    private const int EventsPerChunk = 50;

    [Fact]
    public async Task Ten_kills_at_random_points_lose_nothing_and_repeat_nothing()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        using var finish = new CancellationTokenSource();
        var service = await ServiceProcess.StartAsync(directory.Path, destination.Settings);
        try
        {
            var (senders, sending) = StartSenders(() => service.ForwardPort, finish.Token);

            for (var kill = 0; kill < Kills; kill++)
            {
                var awaited = senders.Sum(sender => sender.Acknowledged) + random.Next(1, 200);
                await Wait.UntilAsync(() => Task.FromResult(senders.Sum(s => s.Acknowledged)), acked => acked >= awaited, explain: () => service.Output);
                await Task.Delay(random.Next(0, 30)); // not to wait for anything: to die at another point each time
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(directory.Path, destination.Settings);
            }

            await finish.CancelAsync();
            await sending;
            output.WriteLine($"{senders.Sum(s => s.Acknowledged)} chunks acknowledged, {senders.Sum(s => s.Resent)} attempts repeated");
            await AssertEveryEventOnceAsync(service, senders, destination);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task SIGTERM_acknowledges_what_is_complete_and_ends_with_0_within_ten_seconds()
    {
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        using var finish = new CancellationTokenSource();
        var service = await ServiceProcess.StartAsync(directory.Path, destination.Settings);
        try
        {
            var (senders, sending) = StartSenders(() => service.ForwardPort, finish.Token);
            await Wait.UntilAsync(() => Task.FromResult(senders.Min(s => s.Acknowledged)), acked => acked >= 50, explain: () => service.Output);

            var (exitCode, duration) = await service.TerminateAsync();

            Assert.True(exitCode == 0, $"Exit code {exitCode}:\n{service.Output}");
            Assert.True(duration < TimeSpan.FromSeconds(10), $"It took {duration}:\n{service.Output}");
            await service.DisposeAsync();
            service = await ServiceProcess.StartAsync(directory.Path, destination.Settings);
            await finish.CancelAsync();
            await sending;
            await AssertEveryEventOnceAsync(service, senders, destination);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <param name="port">Where the service is at this moment: a restart moves it.</param>
    /// <param name="finish">Lets the senders end, each with its chunk acknowledged.</param>
    private static (List<ReliableSender> Senders, Task Sending) StartSenders(Func<int> port, CancellationToken finish)
    {
        var senders = Enumerable.Range(0, Connections)
            .Select(i => new ReliableSender($"sender{i}", port, EventsPerChunk))
            .ToList();
        return (senders, Task.WhenAll(senders.Select(sender => Task.Run(() => sender.RunAsync(finish), CancellationToken.None))));
    }

    private static async Task AssertEveryEventOnceAsync(ServiceProcess service, List<ReliableSender> senders, Destination destination)
    {
        await ServiceStatus.WaitUntilDrainedAsync(service);
        using var search = new SearchClient(service.Elasticsearch);
        var found = (await search.AllAsync(destination.Indices)).Select(hit => hit.GetProperty("_source").GetProperty("event").GetString()!).ToList();
        var sent = senders.SelectMany(sender => sender.AcknowledgedEvents).ToList();

        Assert.Empty(sent.Except(found));
        Assert.Empty(found.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal(sent.Count, found.Count);
        var ledger = await ServiceStatus.LedgerAsync(service);
        Assert.Equal(
            ServiceStatus.Of(ledger, "received"),
            ServiceStatus.Of(ledger, "indexed") + ServiceStatus.Of(ledger, "duplicates"));
    }
}
