using System.CommandLine;
using AuraLogs.Hosting;
using AuraLogs.Lifecycle.Archive;
using AuraLogs.Lifecycle.Console;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs archive list | restore | drop</c>: the days of logs in the snapshots.</summary>
internal static class ArchiveCommand
{
    internal static Command Create()
    {
        var days = new Argument<DayRange>("days")
        {
            Description = "A day or a range of days: 2026-05-06 or 2026-05-06..2026-05-09",
            CustomParser = result =>
            {
                if (DayRange.TryParse(result.Tokens[0].Value, out var range))
                    return range;
                result.AddError($"'{result.Tokens[0].Value}' is not a day (2026-05-06) or a range of days (2026-05-06..2026-05-09).");
                return default;
            },
        };

        var list = new Command("list", "Show the days that can be restored, and those that are.");
        list.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ListAsync(Archive(services), console, cancellationToken)));

        var snapshot = new Option<string?>("--snapshot") { Description = "The snapshot to restore from, instead of the newest that holds the day." };
        var restore = new Command("restore", "Restore days beside the live indices, as restored-PREFIX-yyyy.MM.dd, and wait until they can be searched.")
        {
            days, snapshot,
        };
        restore.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens,
            (services, console) => RestoreAsync(
                Archive(services), console, parsed.GetValue(days), parsed.GetValue(snapshot), cancellationToken)));

        var drop = new Command("drop", "Remove restored days. The snapshots stay.") { days };
        drop.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => DropAsync(Archive(services), console, parsed.GetValue(days), cancellationToken)));

        return new Command("archive", "Logs in the snapshots, up to a year back.") { list, restore, drop };
    }

    private static async Task<int> ListAsync(LogArchive archive, IAnsiConsole console, CancellationToken cancellationToken)
    {
        ArchiveView.Write(console, await archive.ListAsync(cancellationToken), await archive.ListRestoredAsync(cancellationToken));
        return ExitCode.Good;
    }

    private static async Task<int> RestoreAsync(
        LogArchive archive, IAnsiConsole console, DayRange days, string? snapshot, CancellationToken cancellationToken)
    {
        // 1. Which days are there, and which snapshot each comes from.
        var restored = (await archive.ListRestoredAsync(cancellationToken)).Select(index => index.Day).ToHashSet();
        var found = (await archive.ListAsync(cancellationToken)).Where(day => days.Contains(day.Day)).ToList();
        var chosen = found
            .Where(day => !restored.Contains(day.Day))
            .Select(day => (Day: day, Snapshot: snapshot is null ? day.Newest : day.Snapshots.FirstOrDefault(candidate => candidate.Name == snapshot)))
            .ToList();
        if (found.Count == 0 || chosen.Exists(day => day.Snapshot is null))
        {
            console.MarkupLineInterpolated($"[red]No {(snapshot is null ? "whole snapshot" : snapshot)} holds {days}.[/]");
            return ExitCode.Failure;
        }

        // 2. Restore, and wait.
        foreach (var (day, from) in chosen)
            console.MarkupLineInterpolated($"Restoring [bold]{day.Index}[/] from {from!.Name}");
        var indices = await archive.StartRestoreAsync(chosen.Select(day => (day.Day, day.Snapshot!)), cancellationToken);
        await ArchiveView.ShowProgressAsync(console, report => archive.WaitAsync(indices, report, cancellationToken));

        // 3. Say what can be searched now.
        foreach (var index in await archive.ListRestoredAsync(days, cancellationToken))
        {
            console.MarkupLineInterpolated($"[green]✓[/] [bold]{index.Name}[/] can be searched: {(index is { Documents: { } documents, Size: { } size }
                ? $"{documents} events, {size}"
                : "Elasticsearch does not say yet how much is in it")}");
        }

        return ExitCode.Good;
    }

    private static async Task<int> DropAsync(LogArchive archive, IAnsiConsole console, DayRange days, CancellationToken cancellationToken)
    {
        var dropped = 0;
        foreach (var index in (await archive.ListRestoredAsync(cancellationToken)).Where(index => days.Contains(index.Day)))
        {
            if (!await archive.DropAsync(index, cancellationToken))
                continue;
            dropped++;
            console.MarkupLineInterpolated($"[green]✓[/] Removed [bold]{index.Name}[/]");
        }

        if (dropped == 0)
            console.MarkupLineInterpolated($"Nothing of {days} is restored.");
        return ExitCode.Good;
    }

    private static LogArchive Archive(IServiceProvider services) => services.GetRequiredService<LogArchive>();
}
