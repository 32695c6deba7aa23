using System.CommandLine;

namespace AuraLogs.Commands;

/// <summary>
/// The command line: <c>auralogs</c> alone runs the service. Every command also takes settings
/// (<c>--AuraLogs:Queue:Path=...</c>) and reads the same configuration as the service.
/// </summary>
internal static class AuraLogsCommand
{
    /// <param name="service">Runs the service with the settings of the command line, and returns its exit code.</param>
    public static RootCommand Create(Func<IReadOnlyList<string>, Task<int>> service)
    {
        var root = new RootCommand("Takes logs over Fluent's forward protocol, keeps them safe on disk, indexes each of them once.");
        root.SetAction((parsed, _) => service(parsed.UnmatchedTokens));
        root.Add(LifecycleCommand.Create());
        root.Add(ArchiveCommand.Create());
        root.Add(TopCommand.Create());
        root.Add(QueueCommand.Create());
        root.Add(DeadLettersCommand.Create());
        root.Add(PlanCapacityCommand.Create());
        AcceptSettings(root);
        return root;
    }

    /// <summary>Settings aren't options of the parser's: they pass through it to the configuration, which refuses what it doesn't know.</summary>
    private static void AcceptSettings(Command command)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        foreach (var subcommand in command.Subcommands)
            AcceptSettings(subcommand);
    }
}
