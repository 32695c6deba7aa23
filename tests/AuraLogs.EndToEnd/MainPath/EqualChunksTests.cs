using System.Globalization;
using System.Net.Sockets;
using AuraLogs.EndToEnd.Harness;
using AuraLogs.Tests.Forward;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>
/// Chunks of whole-second times as a real Fluent Bit sends them: equal ones are all indexed (that is <see cref="CaptureTests"/>), those that are sent
/// again are not, and where it can't be known which of the two a chunk is, it is indexed.
/// </summary>
public sealed class EqualChunksTests
{
    [Fact]
    public async Task What_is_sent_again_after_a_broken_connection_is_indexed_once_over_a_graceful_restart_too()
    {
        using var directory = new TemporaryDirectory();
        var capture = Capture.Open("whole-seconds-ack");
        long stored;
        await using (var service = await ServiceProcess.StartAsync(directory.Path))
        {
            // Twice: the second is a resend already, and it is not acknowledged either. An equal chunk of another node that comes meanwhile may be
            // taken for the resend of the first; then that one is stored when it comes.
            await SendAndGoAsync(service, capture);
            await SendAndGoAsync(service, capture);
            await ServiceStatus.WaitUntilDrainedAsync(service);
            Assert.True(await CountAsync(service, "auralogs_forward_resent_chunks_total") > 0);
            stored = ServiceStatus.Of(await ServiceStatus.LedgerAsync(service), "received");
            Assert.Equal(0, (await service.TerminateAsync()).ExitCode);
        }

        // Each chunk holds one event.
        await using var next = await ServiceProcess.StartAsync(directory.Path);
        using var search = new SearchClient(next.Elasticsearch);
        await capture.ReplayAsync(next.ForwardPort);
        Assert.Equal(stored, await CountAsync(next, "auralogs_forward_resent_chunks_total"));
        await search.WaitForCountAsync(capture.Expected.Count, next);
        await ServiceStatus.AssertBalancedAsync(next, received: capture.Expected.Count, indexed: capture.Expected.Count);
        Assert.Equal(capture.Expected.Count, await search.CountAsync());
    }

    [Fact]
    public async Task After_a_crash_an_equal_chunk_is_a_new_one_whether_the_first_was_acknowledged_or_not()
    {
        using var directory = new TemporaryDirectory();
        var capture = Capture.Open("whole-seconds-ack");
        await using (var service = await ServiceProcess.StartAsync(directory.Path))
        {
            await SendAndGoAsync(service, capture);
            await capture.ReplayAsync(service.ForwardPort); // the resend
            await capture.ReplayAsync(service.ForwardPort); // new ones: those before were acknowledged
            await service.KillAsync();
        }

        await using var next = await ServiceProcess.StartAsync(directory.Path);
        using var search = new SearchClient(next.Elasticsearch);
        await capture.ReplayAsync(next.ForwardPort);
        var expected = 3 * capture.Expected.Count;
        await search.WaitForCountAsync(expected, next);
        await ServiceStatus.WaitUntilDrainedAsync(next);
        Assert.Equal(expected, ServiceStatus.Of(await ServiceStatus.LedgerAsync(next), "received"));
        Assert.Equal(expected, await search.CountAsync());
        Assert.Equal(0, await CountAsync(next, "auralogs_forward_resent_chunks_total"));
    }

    /// <summary>Sends what was recorded, takes nothing of the answers, and closes.</summary>
    private static async Task SendAndGoAsync(ServiceProcess service, Capture capture)
    {
        const string Accepted = "auralogs_forward_connections_total{result=\"accepted\"}";
        var before = await CountAsync(service, Accepted);
        foreach (var (sent, _) in capture.Connections)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", service.ForwardPort);
            socket.StopHearing();
            await socket.SendAsync(sent);
        }

        await Wait.UntilAsync(() => CountAsync(service, Accepted), accepted => accepted == before + capture.Connections.Count, explain: () => service.Output);
        await Wait.UntilAsync(() => CountAsync(service, "auralogs_forward_connections"), open => open == 0, explain: () => service.Output);
    }

    /// <summary>Zero before it was first counted.</summary>
    private static async Task<long> CountAsync(ServiceProcess service, string metric)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        var value = (await http.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(line => line.StartsWith($"{metric} ", StringComparison.Ordinal))?[metric.Length..];
        return value is null ? 0 : (long)double.Parse(value, CultureInfo.InvariantCulture);
    }
}
