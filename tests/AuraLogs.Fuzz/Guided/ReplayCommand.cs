using System.CommandLine;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz.Guided;

/// <summary><c>replay</c>: runs inputs of a file in this process, without instrumentation, so that a debugger sees the product's own code.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("target") { Description = "One of: " + string.Join(", ", FuzzTargets.Names) };
        var file = new Argument<string>("file") { Description = "Inputs in Base64, one a line: a corpus, or a find." };
        var command = new Command("replay", "Runs the inputs of a file.") { target, file };
        command.SetAction(parsed =>
        {
            using var replayed = FuzzTargets.Create(parsed.GetValue(target)!);
            var inputs = Corpus.Read(parsed.GetValue(file)!);
            foreach (var input in inputs)
                replayed.Run(input);
            Console.WriteLine($"{inputs.Count} inputs, and everything held.");
        });
        return command;
    }
}
