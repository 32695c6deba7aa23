using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz.Guided;

/// <summary>
/// <c>run</c>: instruments a copy of the product, searches the targets with it, each in a process of its own, and says what was found.
/// </summary>
internal static class RunCommand
{
    /// <summary>What a search of a number of runs may take at most, on a machine that is busy with other work.</summary>
    private static readonly TimeSpan LongestRuns = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var targets = new Argument<string[]>("targets") { Description = "Default: all of " + string.Join(", ", FuzzTargets.Names), Arity = ArgumentArity.ZeroOrMore };
        var seconds = new Option<double?>("--seconds") { Description = "How long to search each target. Default: a fixed number of inputs, the same each time." };
        var seed = new Option<int>("--seed") { Description = "Of the random changes.", DefaultValueFactory = _ => 1 };
        var finds = new Option<string?>("--finds") { Description = "The directory for what is found. Default: finds are only printed." };
        var keep = new Option<string?>("--keep") { Description = "The directory of the corpus, which then gets the inputs that pass new edges: tests/AuraLogs.Fuzz/Corpus." };
        var command = new Command("run", "Searches for inputs that break something.") { targets, seconds, seed, finds, keep };
        command.SetAction(async (parsed, cancel) =>
        {
            var names = parsed.GetValue(targets) is { Length: > 0 } named ? named : [.. FuzzTargets.Names];
            return await RunAsync(names, parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(finds), parsed.GetValue(keep), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(string[] targets, double? seconds, int seed, string? finds, string? keep, CancellationToken cancel)
    {
        using var copy = new InstrumentedCopy();
        var found = 0;
        foreach (var target in targets)
        {
            var directory = Directory.CreateTempSubdirectory("auralogs-fuzz-").FullName;
            try
            {
                File.WriteAllLines(Path.Combine(directory, $"{target}.txt"), Corpus.Kept(target).Select(Convert.ToBase64String));
                await SearchAsync(copy, target, directory, seconds, seed, cancel);
                found += Tell(directory, finds);
                if (keep is not null)
                    await KeepAsync(copy, target, directory, keep, cancel);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        Console.WriteLine(found == 0 ? "Everything held." : $"{found} inputs broke something.");
        return found == 0 ? 0 : 1;
    }

    private static async Task SearchAsync(InstrumentedCopy copy, string target, string directory, double? seconds, int seed, CancellationToken cancel)
    {
        using var described = FuzzTargets.Create(target);
        string[] length = seconds is { } time
            ? ["--seconds", time.ToString(CultureInfo.InvariantCulture)]
            : ["--runs", described.ShortRuns.ToString(CultureInfo.InvariantCulture), "--seconds", LongestRuns.TotalSeconds.ToString(CultureInfo.InvariantCulture)];
        var (exitCode, error) = await StartAsync(
            copy, ["work", target, "--directory", directory, "--corpus", directory, "--seed", seed.ToString(CultureInfo.InvariantCulture), .. length], cancel);
        if (exitCode == 0)
            return;
        using var current = new CurrentInput(Worker.CurrentPath(directory));
        new Find(target, $"The process ended with {exitCode}: {error}", current.Read()).Save(directory);
    }

    /// <returns>How many there are.</returns>
    private static int Tell(string directory, string? finds)
    {
        var files = Find.In(directory).ToList();
        foreach (var file in files)
        {
            Console.WriteLine($"{Path.GetFileName(file)}\n{File.ReadAllText(file)}");
            if (finds is null)
                continue;
            Directory.CreateDirectory(finds);
            File.Copy(file, Path.Combine(finds, Path.GetFileName(file)), overwrite: true);
        }

        return files.Count;
    }

    private static async Task KeepAsync(InstrumentedCopy copy, string target, string directory, string keep, CancellationToken cancel)
    {
        var kept = Path.Combine(keep, $"{target}.txt");
        var (exitCode, error) = await StartAsync(copy, ["distil", target, Path.Combine(directory, $"{target}.txt"), kept], cancel);
        if (exitCode != 0)
            throw new InvalidOperationException($"The corpus of {target} can't be distilled: {error}");
    }

    private static async Task<(int ExitCode, string Error)> StartAsync(InstrumentedCopy copy, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [copy.Program, .. arguments]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            var error = await process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return (process.ExitCode, error.Length > 2000 ? error[..2000] : error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
