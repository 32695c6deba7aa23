using System.Diagnostics;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Regressions;

/// <summary>
/// EFBIG, which .NET does not throw as an <see cref="IOException"/>, left a process that hung: ports closed, SIGTERM ignored.
/// </summary>
public sealed class FileSizeLimitTests
{
    [Fact]
    public async Task A_file_that_may_not_grow_is_a_failing_disk_until_it_may()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, ("AuraLogs:Elasticsearch:Urls", "http://127.0.0.1:1"));
        await SendAsync(service, 0);

        // 1. No file may be larger than it is: what is sent is not acknowledged, and the service says why.
        Limit(service.Id, "1");
        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(service, 1));
        await Wait.UntilAsync(() => StatusAsync(service), status => status.Contains("queue-disk-failing", StringComparison.Ordinal));

        // 2. Once they may, it goes on by itself.
        Limit(service.Id, "unlimited");
        await Wait.UntilAsync(() => StatusAsync(service), status => !status.Contains("queue-disk-failing", StringComparison.Ordinal));
        await SendAsync(service, 1);

        // 3. And it still stops when it is told to, also while the disk fails.
        Limit(service.Id, "1");
        var (exitCode, duration) = await service.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.True(duration < TimeSpan.FromSeconds(15), $"It took {duration}.");
    }

    private static async Task SendAsync(ServiceProcess service, int chunk)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = await ForwardClient.ConnectAsync(service.ForwardPort, limit.Token);
        var message = new MessagePackBuilder().Array(3).Text("test.limit")
            .Array(1).Array(2).EventTime((uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 0).Map(1).Text("n").Text(chunk.ToString(null, null))
            .Map(1).Text("chunk").Text($"chunk-{chunk}");
        await client.SendAsync(message.Bytes, limit.Token);
        Assert.Equal($"chunk-{chunk}", await client.ReadAckAsync(limit.Token));
    }

    private static async Task<string> StatusAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        return await http.GetStringAsync(new Uri("/healthz", UriKind.Relative));
    }

    private static void Limit(int process, string bytes)
    {
        using var prlimit = Process.Start(new ProcessStartInfo("prlimit", ["--pid", process.ToString(null, null), $"--fsize={bytes}:unlimited"]))!;
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
