using System.Diagnostics;
using AuraLogs.Queue;
using Xunit.Abstractions;

namespace AuraLogs.Tests.Queue;

/// <summary>
/// The queue on a real file system of 64 MB that is filled to the brim by somebody else, and freed again. Needs the right to
/// mount; without it the test prints the reason and does nothing.
/// </summary>
public sealed class SmallFileSystemTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_file_system_filled_to_the_brim_and_freed()
    {
        using var directory = new QueueDirectory();
        if (!TryRun("mount", $"-t tmpfs -o size=64m auralogs-test {directory.Path}", out var reason))
        {
            output.WriteLine($"Not run: a tmpfs can't be mounted here ({reason}).");
            return;
        }

        try
        {
            await FillAndFreeAsync(directory);
        }
        finally
        {
            Assert.True(TryRun("umount", $"-l {directory.Path}", out reason), reason);
        }
    }

    private static async Task FillAndFreeAsync(QueueDirectory directory)
    {
        // The queue may take more than there is: the file system is what ends.
        await using var queue = directory.Open(QueueLayout.For(new QueueOptions { MaxBytes = 256 << 20 }));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var size = queue.PartBytes;
        var acknowledged = new List<int>();
        var number = 0;
        for (var failed = false; !failed; number++)
        {
            var address = await queue.AppendAsync(Entries.Number(number, size), timeout.Token);
            try
            {
                await queue.WaitForCommitAsync(address, timeout.Token);
                acknowledged.Add(number);
            }
            catch (QueueFailedException)
            {
                failed = true;
            }
        }

        Assert.InRange(acknowledged.Count, 80, 128);
        Assert.Contains(directory.Problems.Current, problem => problem is { Code: "queue-disk-failing", StopsIntake: true });
        var waiting = queue.AppendAsync(Entries.Number(number, size), timeout.Token).AsTask();

        // Draining goes on, gives segments back, and with them intake.
        foreach (var expected in acknowledged)
            await queue.ReadAndCompleteAsync(expected, 1, size);
        await queue.WaitForCommitAsync(await waiting, timeout.Token);
        await queue.ReadAndCompleteAsync(number, 1, size);
        Assert.Empty(directory.Problems.Current);
        Assert.Equal(acknowledged.Count + 1, queue.Ledger.Received);
        Assert.Equal(acknowledged.Count + 1, queue.Ledger.Indexed);
    }

    private static bool TryRun(string command, string arguments, out string reason)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            reason = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            reason = e.Message;
            return false;
        }
    }
}
