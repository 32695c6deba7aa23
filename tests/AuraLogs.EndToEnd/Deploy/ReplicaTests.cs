using AuraLogs.EndToEnd.Harness;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>AuraLogs as the chart starts it, and as Kubernetes kills it.</summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    private const int Senders = 4;
    private const int EventsPerChunk = 20;

    [FactWith("helm", "kubectl")]
    public async Task With_the_rendered_environment_it_indexes_what_Fluent_Bit_sent()
    {
        using var directory = new TemporaryDirectory();
        await using var elasticsearch = await StartElasticsearchAsync(directory.Path);
        await using var replicas = await Replicas.StartAsync(elasticsearch.Elasticsearch, "auralogs.replicas=1");
        using var search = new SearchClient(elasticsearch.Elasticsearch);
        var capture = Capture.Open("forward-ack");

        await capture.ReplayAsync(replicas[0].ForwardPort);

        await search.WaitForCountAsync(capture.Expected.Count, replicas[0]);
        await ServiceStatus.AssertBalancedAsync(replicas[0], received: capture.Expected.Count, indexed: capture.Expected.Count);
        using var http = new HttpClient { BaseAddress = replicas[0].Operations };
        string[] probes = ["/healthz", "/readyz"];
        foreach (var probe in probes)
            Assert.True((await http.GetAsync(probe)).IsSuccessStatusCode, probe);
    }

    /// <summary>The answer of the first replica got lost, so the sender turned to the other.</summary>
    [FactWith("helm", "kubectl")]
    public async Task A_chunk_that_both_replicas_acknowledged_is_in_the_index_once()
    {
        using var directory = new TemporaryDirectory();
        await using var elasticsearch = await StartElasticsearchAsync(directory.Path);
        await using var replicas = await Replicas.StartAsync(elasticsearch.Elasticsearch);
        using var search = new SearchClient(elasticsearch.Elasticsearch);
        var capture = Capture.Open("forward-ack");

        foreach (var replica in replicas.All)
            await capture.ReplayAsync(replica.ForwardPort);

        foreach (var replica in replicas.All)
            await ServiceStatus.WaitUntilDrainedAsync(replica);
        Assert.Equal(2, replicas.All.Count);
        Assert.Equal(capture.Expected.Count, await search.CountAsync());
        Assert.Equal(capture.Expected.Count, await SumAsync(replicas, "duplicates"));
    }

    [FactWith("helm", "kubectl")]
    public async Task Killing_each_replica_in_turn_loses_nothing_and_repeats_nothing()
    {
        using var directory = new TemporaryDirectory();
        using var finish = new CancellationTokenSource();
        await using var elasticsearch = await StartElasticsearchAsync(directory.Path);
        await using var replicas = await Replicas.StartAsync(elasticsearch.Elasticsearch);
        var turn = 0;
        int NextPort() => replicas[Interlocked.Increment(ref turn) % replicas.All.Count].ForwardPort;
        var senders = Enumerable.Range(0, Senders).Select(i => new ReliableSender($"sender{i}", NextPort, EventsPerChunk)).ToList();
        var sending = senders.Select(sender => Task.Run(() => sender.RunAsync(finish.Token))).ToList();
        var grace = await GraceAsync();

        for (var round = 0; round < 4; round++)
        {
            var replica = round % replicas.All.Count;
            await MoreChunksAsync(senders);
            if (round < replicas.All.Count)
            {
                var (exitCode, duration) = await replicas[replica].TerminateAsync();
                Assert.True(exitCode == 0, $"Exit code {exitCode}:\n{replicas[replica].Output}");
                Assert.True(duration < grace, $"It took {duration} of {grace}:\n{replicas[replica].Output}");
            }
            else
            {
                await replicas[replica].KillAsync();
            }

            await MoreChunksAsync(senders); // over the other one alone
            await replicas[replica].DisposeAsync();
            await replicas.StartAsync(replica);
        }

        await finish.CancelAsync();
        await Task.WhenAll(sending);
        output.WriteLine($"{senders.Sum(s => s.Acknowledged)} chunks acknowledged, {senders.Sum(s => s.Resent)} attempts repeated");
        await AssertEveryEventOnceAsync(replicas, elasticsearch, senders);
    }

    /// <summary>The local Elasticsearch, in a process that leaves its templates and policies to the replicas.</summary>
    private static Task<ServiceProcess> StartElasticsearchAsync(string directory) =>
        ServiceProcess.StartAsync(directory, ("AuraLogs:Lifecycle:Enabled", "false"));

    private static async Task AssertEveryEventOnceAsync(Replicas replicas, ServiceProcess elasticsearch, List<ReliableSender> senders)
    {
        foreach (var replica in replicas.All)
            await ServiceStatus.WaitUntilDrainedAsync(replica);
        using var search = new SearchClient(elasticsearch.Elasticsearch);
        var found = (await search.AllAsync()).Select(hit => hit.GetProperty("_source").GetProperty("event").GetString()!).ToList();
        var sent = senders.SelectMany(sender => sender.AcknowledgedEvents).ToList();

        Assert.Empty(sent.Except(found));
        Assert.Empty(found.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal(sent.Count, found.Count);
        Assert.Equal(await SumAsync(replicas, "received"), await SumAsync(replicas, "indexed") + await SumAsync(replicas, "duplicates"));
        Assert.Equal(0, await SumAsync(replicas, "deadLettered"));
        Assert.Equal(0, await SumAsync(replicas, "quarantined"));
    }

    private static async Task MoreChunksAsync(List<ReliableSender> senders)
    {
        var awaited = senders.Sum(sender => sender.Acknowledged) + 50;
        await Wait.UntilAsync(() => Task.FromResult(senders.Sum(sender => sender.Acknowledged)), acknowledged => acknowledged >= awaited);
    }

    private static async Task<long> SumAsync(Replicas replicas, string account)
    {
        var sum = 0L;
        foreach (var replica in replicas.All)
            sum += ServiceStatus.Of(await ServiceStatus.LedgerAsync(replica), account);
        return sum;
    }

    private static async Task<TimeSpan> GraceAsync() =>
        TimeSpan.FromSeconds((int)(await Chart.RenderAsync("external")).Get("StatefulSet", Chart.Release)["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"]!);
}
