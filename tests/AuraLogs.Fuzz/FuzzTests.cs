using System.Diagnostics;
using AuraLogs.Fuzz.Guided;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz;

/// <summary>
/// What was found once stays repaired, and a short search finds nothing new. The long one is
/// <c>dotnet run --project tests/AuraLogs.Fuzz -c Release -- run --seconds 600 --seed 7</c>.
/// </summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_and_all_earlier_finds_hold(string target)
    {
        using var run = FuzzTargets.Create(target);
        var inputs = run.Seeds().Concat(Corpus.Kept(target)).Concat(Corpus.Finds(target)).ToList();
        Assert.NotEmpty(Corpus.Kept(target));
        foreach (var input in inputs)
            run.Run(input);
    }

    [Fact]
    public async Task A_search_guided_by_coverage_finds_nothing()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(FuzzTests).Assembly.Location, "run"]) { RedirectStandardOutput = true };
        using var search = Process.Start(start)!;
        var output = await search.StandardOutput.ReadToEndAsync();
        await search.WaitForExitAsync();
        Assert.True(search.ExitCode == 0, output);

        // Each target said how many edges it passed: without instrumentation there would be none.
        Assert.Equal(FuzzTargets.Names.Count, output.Split('\n').Count(line => line.Contains(" edges passed", StringComparison.Ordinal)));
        Assert.DoesNotContain(" 0 edges passed", output, StringComparison.Ordinal);
    }
}
