using System.CommandLine;
using System.Globalization;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz.Guided;

/// <summary><c>work</c>: what <c>run</c> starts, once for each target, where the product is instrumented.</summary>
internal static class WorkCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("target");
        var directory = new Option<string>("--directory") { Required = true };
        var corpus = new Option<string>("--corpus") { Required = true };
        var runs = new Option<long?>("--runs");
        var seconds = new Option<double>("--seconds") { Required = true };
        var seed = new Option<int>("--seed");
        var command = new Command("work", "Searches one target in this process.") { target, directory, corpus, runs, seconds, seed };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var coverage = new Coverage();
            using var searched = FuzzTargets.Create(parsed.GetValue(target)!);
            using var worker = new Worker(searched, parsed.GetValue(directory)!, parsed.GetValue(seed), coverage);
            var file = Path.Combine(parsed.GetValue(corpus)!, $"{searched.Name}.txt");
            worker.Search(Corpus.Read(file).Concat(Corpus.Finds(searched.Name)), parsed.GetValue(runs), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{searched.Name,-20} {worker.Runs,10} inputs tried, {worker.Inputs.Count,5} kept, {worker.Edges,6} edges passed"));
            Corpus.Write(file, worker.Inputs);
        });
        return command;
    }
}
