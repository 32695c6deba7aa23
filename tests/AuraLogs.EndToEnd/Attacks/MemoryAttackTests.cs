using System.Net;
using System.Net.Sockets;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>
/// What took all memory once: many partial messages of all sizes, few huge ones, and answers of Elasticsearch without an end. The settings are what
/// follows from a container of 256 MiB. <c>AURALOGS_ATTACK_SECONDS=600</c> makes each last ten minutes.
/// </summary>
public sealed class MemoryAttackTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const long Container = 256 * MiB;
    private const int MostDescriptors = 500;

    private static readonly int[] Stairs = [33_000_000, 17_000_000, 9_000_000, 4_500_000, 2_300_000, 1_200_000, 600_000];

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("AURALOGS_ATTACK_SECONDS"), out var seconds) ? seconds : 6);

    private static readonly Dictionary<string, string> EightProcessors = new() { ["DOTNET_PROCESSOR_COUNT"] = "8" };

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _clusterDirectory = new();

    public void Dispose()
    {
        _directory.Dispose();
        _clusterDirectory.Dispose();
    }

    [Theory]
    [InlineData("staircase", 213)]
    [InlineData("huge", 6)]
    public async Task Partial_messages_take_no_more_memory_than_there_is_and_a_good_sender_loses_nothing(string kind, int attackers)
    {
        await using var cluster = await ServiceProcess.StartAsync(_clusterDirectory.Path);
        await using var service = await ServiceProcess.StartAsync(
            _directory.Path,
            EightProcessors,
            ("AuraLogs:MaxMemory", $"{Container - (112 * MiB)}"),
            ("AuraLogs:Elasticsearch:Urls", cluster.Elasticsearch.ToString()));
        var footprint = new Footprint(service);
        var sender = new ReliableSender("good", () => service.ForwardPort, eventsPerChunk: 100);
        using var attackEnds = new CancellationTokenSource(Duration);
        using var sendingEnds = new CancellationTokenSource();
        var sending = sender.RunAsync(sendingEnds.Token);
        await Task.WhenAll(Enumerable.Range(0, attackers).Select(
            number => AttackAsync(service.ForwardPort, kind == "huge" ? 22_000_000 : Stairs[number % Stairs.Length], attackEnds.Token)));

        var acknowledged = sender.Acknowledged;
        await Wait.UntilAsync(() => Task.FromResult(sender.Acknowledged), now => now > acknowledged, explain: () => service.Output);
        await sendingEnds.CancelAsync();
        await sending;

        await footprint.DisposeAsync();
        Assert.InRange(footprint.MostBytes, 1, Container);
        Assert.InRange(footprint.MostDescriptors, 1, MostDescriptors);
        await AssertHealthyAsync(service);
        var events = sender.Acknowledged * 100L;
        await ServiceStatus.WaitUntilDrainedAsync(service);
        var ledger = await ServiceStatus.LedgerAsync(service);
        Assert.Equal((0L, 0L), (ServiceStatus.Of(ledger, "deadLettered"), ServiceStatus.Of(ledger, "quarantined")));
        Assert.Equal(events, ServiceStatus.Of(ledger, "indexed"));
        using var search = new SearchClient(cluster.Elasticsearch);
        await search.WaitForCountAsync(events, service);
    }

    [Fact]
    public async Task Answers_without_an_end_take_no_more_memory_than_there_is()
    {
        using var endless = new EndlessAnswers();
        await using var service = await ServiceProcess.StartAsync(
            _directory.Path,
            EightProcessors,
            ("AuraLogs:MaxMemory", $"{Container - (112 * MiB)}"),
            ("AuraLogs:Lifecycle:Enabled", "false"),
            ("AuraLogs:Elasticsearch:Urls", endless.Url));
        var footprint = new Footprint(service);
        var sender = new ReliableSender("good", () => service.ForwardPort, eventsPerChunk: 1000);
        using var end = new CancellationTokenSource(Duration);
        await sender.RunAsync(end.Token);
        await Wait.UntilAsync(() => Task.FromResult(endless.Given), given => given >= 10, explain: () => service.Output);

        await footprint.DisposeAsync();
        Assert.InRange(footprint.MostBytes, 1, Container);
        await AssertHealthyAsync(service);
        var ledger = await ServiceStatus.LedgerAsync(service);
        Assert.Equal(sender.Acknowledged * 1000L, ServiceStatus.Of(ledger, "received"));
        Assert.Equal(ServiceStatus.Of(ledger, "received"), ServiceStatus.Of(ledger, "queued"));
    }

    private static async Task AssertHealthyAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        using var answer = await http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Sends a message but for its last byte, waits to be thrown out, and begins again.</summary>
    private static async Task AttackAsync(int port, int bytes, CancellationToken end)
    {
        var message = new MessagePackBuilder().Array(2).Text("attack").Bytes.ToArray();
        byte[] start = [.. message, 0xc6, (byte)(bytes >> 24), (byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes];
        var one = new MessagePackBuilder().Array(2).Integer(1).Map(0).Bytes.ToArray();
        byte[] events = [.. Enumerable.Repeat(one, 4096).SelectMany(bytes => bytes)];
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, end);
                await socket.SendAsync(start, end);
                for (var sent = 0; sent < bytes - 1;)
                    sent += await socket.SendAsync(events.AsMemory(0, Math.Min(events.Length, bytes - 1 - sent)), end);
                await socket.ReceiveAsync(new byte[1], end);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Thrown out, as it should be, or the attack is over.
            }
        }
    }
}
