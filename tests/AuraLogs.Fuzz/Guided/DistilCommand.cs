using System.CommandLine;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz.Guided;

/// <summary><c>distil</c>: what <c>run --keep</c> starts, where the product is instrumented.</summary>
internal static class DistilCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("target");
        var from = new Argument<string>("from");
        var to = new Argument<string>("to");
        var command = new Command("distil", "Keeps the inputs that pass every edge.") { target, from, to };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var coverage = new Coverage();
            using var distilled = FuzzTargets.Create(parsed.GetValue(target)!);
            Corpus.Write(parsed.GetValue(to)!, Worker.Distil(distilled, Corpus.Read(parsed.GetValue(from)!), coverage));
        });
        return command;
    }
}
