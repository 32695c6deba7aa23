using System.Globalization;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>
/// What the kernel saw: before each ack, a write to a segment that was opened with O_SYNC has returned. One chunk at a time, so
/// that every ack has a write of its own to wait for.
/// </summary>
public sealed partial class AckOrderTests(ITestOutputHelper output)
{
    private const int Chunks = 20;

    [FactWith("strace")]
    public async Task An_ack_never_precedes_the_synced_write()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        var trace = Path.Combine(directory.Path, "trace");
        await using var strace = BackgroundProgram.Start(
            "strace",
            ["-f", "-y", "-s", "64", "-o", trace, "-e", "trace=openat,pwrite64,pwritev,sendmsg,sendto", "-p", service.Id.ToString(CultureInfo.InvariantCulture)]);
        var attached = await Wait.UntilAsync(
            () => Task.FromResult(strace.Output), text => text.Contains("attached", StringComparison.Ordinal) || text.Contains("ptrace", StringComparison.Ordinal));
        if (!attached.Contains("attached", StringComparison.Ordinal))
        {
            output.WriteLine($"Not run: strace may not attach here ({attached}).");
            return;
        }

        using var client = await ForwardClient.ConnectAsync(service.ForwardPort);
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            await client.SendAsync(Message($"ack-order-{chunk}"));
            Assert.Equal($"ack-order-{chunk}", await client.ReadAckAsync());
        }

        var lines = await Wait.UntilAsync(
            () => File.ReadAllLinesAsync(trace), read => read.Count(IsAck) == Chunks, explain: () => strace.Output);
        Assert.Contains(lines, line => line.Contains("openat", StringComparison.Ordinal) && line.Contains("/segments/", StringComparison.Ordinal) && line.Contains("O_SYNC", StringComparison.Ordinal));
        AssertEachAckFollowsAWrite(lines);
    }

    private static void AssertEachAckFollowsAWrite(string[] lines)
    {
        var begun = new HashSet<string>(StringComparer.Ordinal);
        var writesSinceAck = 0;
        var acks = 0;
        foreach (var line in lines)
        {
            var thread = line.Split(' ')[0];
            if (IsAck(line))
            {
                Assert.True(writesSinceAck > 0, $"Ack {acks} went out before its write had returned.");
                (acks, writesSinceAck) = (acks + 1, 0);
            }
            else if (SegmentWrite().IsMatch(line))
            {
                if (line.Contains("<unfinished", StringComparison.Ordinal))
                    begun.Add(thread);
                else
                    writesSinceAck++;
            }
            else if (line.Contains("pwrite64 resumed", StringComparison.Ordinal) && begun.Remove(thread))
            {
                writesSinceAck++;
            }
        }

        Assert.Equal(Chunks, acks);
    }

    private static bool IsAck(string line) =>
        line.Contains("send", StringComparison.Ordinal) && line.Contains("ack-order-", StringComparison.Ordinal);

    private static ReadOnlyMemory<byte> Message(string chunk) => new MessagePackBuilder()
        .Array(3).Text("test.ack").Array(1).Array(2).EventTime(1_700_000_000, 0).Map(1).Text("log").Text("x")
        .Map(1).Text("chunk").Text(chunk).Bytes;

    [GeneratedRegex(@"pwrite64\(\d+<[^>]*/segments/[^>]*>")]
    private static partial Regex SegmentWrite();
}
