using AuraLogs.LoadTests.Faults;
using Xunit.Abstractions;

namespace AuraLogs.Faults;

/// <summary>The product's clock jumps while it runs (libfaketime), by days and by years, in both directions.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 }).FirstOrDefault()
        : null;

    [Needs("faketime")]
    public async Task A_clock_that_jumps()
    {
        var setting = Path.Combine(Path.GetTempPath(), $"auralogs-faketime-{Environment.ProcessId}");
        await File.WriteAllTextAsync(setting, "+0\n");
        try
        {
            await using var run = await FaultRun.StartAsync(Round.Options with
            {
                Environment = new Dictionary<string, string>
                {
                    ["LD_PRELOAD"] = Library!,
                    ["FAKETIME_TIMESTAMP_FILE"] = setting,
                    ["FAKETIME_NO_CACHE"] = "1",
                    ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                },
            });
            await run.AcknowledgedMoreAsync(500);
            foreach (var jump in (string[])["+2d", "-2d", "+400d", "-400d", "+0"])
            {
                await File.WriteAllTextAsync(setting, $"{jump}\n");
                var expected = DateTimeOffset.UtcNow + TimeSpan.FromDays(int.Parse(jump.TrimEnd('d'), System.Globalization.CultureInfo.InvariantCulture));
                await run.WaitAsync($"the clock {jump}", () => run.Health.Now is { } now && (now - expected).Duration() < TimeSpan.FromHours(1));
                await run.AcknowledgedMoreAsync(500);
            }

            output.WriteLine(run.Figures);
            Assert.Empty(await run.EndAsync());
        }
        finally
        {
            File.Delete(setting);
        }
    }
}
