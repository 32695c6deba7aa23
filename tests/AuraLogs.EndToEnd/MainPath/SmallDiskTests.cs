using System.Diagnostics;
using System.Net;
using AuraLogs.EndToEnd.Harness;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>
/// The real process with its queue on a file system of 64 MB, smaller than the queue may be, filled to the brim while Elasticsearch
/// is away, and freed. Needs the right to mount; without it the test prints the reason and does nothing.
/// </summary>
public sealed class SmallDiskTests(ITestOutputHelper output)
{
    private const int Fields = 10;
    private const int FieldBytes = 40_000;
    private static readonly TimeSpan NoAck = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_disk_filled_to_the_brim_and_freed()
    {
        using var directory = new TemporaryDirectory();
        var queue = Directory.CreateDirectory(Path.Combine(directory.Path, "queue")).FullName;
        if (Run("mount", $"-t tmpfs -o size=64m auralogs-test {queue}") is { } reason)
        {
            output.WriteLine($"Not run: a tmpfs can't be mounted here ({reason}).");
            return;
        }

        try
        {
            await FillAndFreeAsync(directory.Path, ("AuraLogs:Queue:Path", queue), ("AuraLogs:Queue:MaxBytes", "268435456"));
        }
        finally
        {
            Assert.Null(Run("umount", $"-l {queue}"));
        }
    }

    private async Task FillAndFreeAsync(string directory, params (string, string)[] settings)
    {
        // 1. Elasticsearch is away; what is acknowledged piles up until the disk is full.
        var acknowledged = 0;
        await using (var service = await ServiceProcess.StartAsync(directory, [.. settings, ("AuraLogs:Elasticsearch:Urls", "http://127.0.0.1:1")]))
        {
            while (await IsAcknowledgedAsync(service.ForwardPort, acknowledged))
                acknowledged++;
            output.WriteLine($"{acknowledged} chunks of {Fields * FieldBytes} bytes were acknowledged");
            Assert.InRange(acknowledged, 100, 168);
            using var http = new HttpClient { BaseAddress = service.Operations };
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
            await service.KillAsync();
        }

        // 2. It comes back: the queue starts on the full disk, drains, and takes the chunk that it had refused.
        await using var after = await ServiceProcess.StartAsync(directory, settings);
        using var search = new SearchClient(after.Elasticsearch);
        await search.WaitForCountAsync(acknowledged, after);
        Assert.True(await IsAcknowledgedAsync(after.ForwardPort, acknowledged));
        await search.WaitForCountAsync(acknowledged + 1, after);
        await ServiceStatus.WaitUntilDrainedAsync(after);
        Assert.Equal(acknowledged + 1, await search.CountAsync());
    }

    private static async Task<bool> IsAcknowledgedAsync(int port, int chunk)
    {
        using var giveUp = new CancellationTokenSource(NoAck);
        try
        {
            using var client = await ForwardClient.ConnectAsync(port, giveUp.Token);
            await client.SendAsync(Message(chunk), giveUp.Token);
            return await client.ReadAckAsync(giveUp.Token) == $"chunk-{chunk}";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Message(int chunk)
    {
        var text = new string((char)('a' + (chunk % 26)), FieldBytes);
        var message = new MessagePackBuilder().Array(3).Text("test.small")
            .Array(1).Array(2).EventTime((uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 0).Map(Fields);
        for (var field = 0; field < Fields; field++)
            message.Text($"field{field}").Text(text);
        return message.Map(1).Text("chunk").Text($"chunk-{chunk}").Bytes;
    }

    /// <summary>Null, or why it failed.</summary>
    private static string? Run(string command, string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
