using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>The process is killed, ended and stopped at moments of chance, those of its start and end among them.</summary>
public sealed class SignalTests(ITestOutputHelper output)
{
    private const int SigHup = 1;
    private static readonly int Times = Round.Of(6, 100);

    /// <summary>About how long a start takes on a machine that has other work too.</summary>
    private const int StartMilliseconds = 2500;

    [Needs]
    public async Task Killed_during_start_and_run()
    {
        var random = new Random(Round.Seed);
        output.WriteLine($"seed {Round.Seed}");
        await using var run = await FaultRun.StartAsync(Round.Options);
        for (var i = 0; i < Times; i++)
        {
            await Task.Delay(random.Next(StartMilliseconds)); // not to wait for anything: to die at another point each time
            await run.Service.KillAsync();
            run.Service.Start();
        }

        await run.AcknowledgedMoreAsync(500);
        output.WriteLine(run.Figures);
        Assert.Empty(await run.EndAsync());
        AssertNothingLeftBehind(run);
    }

    [Needs]
    public async Task Ended_during_start_and_run_and_killed_while_it_ends()
    {
        var random = new Random(Round.Seed);
        output.WriteLine($"seed {Round.Seed}");
        await using var run = await FaultRun.StartAsync(Round.Options);
        var exitCodes = new List<int?>();
        for (var i = 0; i < Times; i++)
        {
            await Task.Delay(random.Next(StartMilliseconds)); // as above
            if (i % 3 == 2)
            {
                run.Service.Send(15);
                await Task.Delay(random.Next(200)); // as above
                if (run.Service.IsRunning)
                    await run.Service.KillAsync();
                else
                    exitCodes.Add(await run.Service.TerminateAsync());
            }
            else
            {
                exitCodes.Add(await run.Service.TerminateAsync());
            }

            run.Service.Start();
        }

        await run.AcknowledgedMoreAsync(500);
        output.WriteLine($"exit codes: {string.Join(", ", exitCodes)}; {run.Figures}");

        // Before the runtime has taken over the signal it ends the process as it ends any other: 128 + 15.
        Assert.All(exitCodes, code => Assert.True(code is 0 or 143, $"{code}"));
        Assert.Empty(await run.EndAsync());
    }

    [Needs]
    public async Task Stopped_and_continued()
    {
        var random = new Random(Round.Seed);
        output.WriteLine($"seed {Round.Seed}");
        await using var run = await FaultRun.StartAsync(Round.Options with { Load = Round.Options.Load with { AckTimeout = TimeSpan.FromSeconds(1) } });
        for (var i = 0; i < Round.Of(3, 30); i++)
        {
            await run.AcknowledgedMoreAsync(random.Next(100, 1000));
            var resent = run.Progress.ResentFrames;
            run.Service.Pause();
            await run.WaitAsync("senders that lose their patience", () => run.Progress.Reconnects > 0);
            await Task.Delay(random.Next(1000, 3000)); // how long it stands still
            run.Service.Continue();
            await run.WaitAsync("frames sent again", () => run.Progress.ResentFrames > resent);
        }

        output.WriteLine(run.Figures);
        Assert.Empty(await run.EndAsync());
    }

    [Needs]
    public async Task A_hang_up_changes_nothing()
    {
        await using var run = await FaultRun.StartAsync(Round.Options);
        await run.AcknowledgedMoreAsync(500);
        run.Service.Send(SigHup);
        await run.AcknowledgedMoreAsync(1000);
        output.WriteLine(run.Figures);
        Assert.Equal(0, run.Progress.Reconnects);
        Assert.Empty(await run.EndAsync());
    }

    private static void AssertNothingLeftBehind(FaultRun run) =>
        Assert.DoesNotContain(Directory.GetFiles(run.QueuePath), file => Path.GetFileName(file).StartsWith(".write-check", StringComparison.Ordinal));
}
