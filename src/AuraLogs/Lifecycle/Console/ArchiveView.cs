using System.Globalization;
using AuraLogs.Lifecycle.Archive;
using Spectre.Console;

namespace AuraLogs.Lifecycle.Console;

/// <summary>The archive on the terminal.</summary>
internal static class ArchiveView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<ArchivedDay> days, IReadOnlyList<RestoredIndex> restored)
    {
        if (days.Count == 0)
        {
            console.MarkupLine("No snapshot holds a day of logs yet.");
            return;
        }

        var byDay = restored.ToDictionary(index => index.Day);
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Day", "Snapshots", "Newest", "Restored");
        foreach (var day in days)
        {
            table.AddRow(
                day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                day.Snapshots.Count.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(day.Newest.Name),
                byDay.TryGetValue(day.Day, out var index) ? $"[green]{Markup.Escape(index.Name)}[/]" : "");
        }

        console.Write(table);
    }

    /// <summary>A bar where there is a terminal; elsewhere nothing, as a log needs no bar.</summary>
    public static Task ShowProgressAsync(IAnsiConsole console, Func<Action<RestoreProgress>, Task> wait) =>
        console.Progress()
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("Restoring");
                bar.IsIndeterminate = true;
                await wait(progress =>
                {
                    if (progress.TotalBytes > 0)
                    {
                        bar.IsIndeterminate = false;
                        bar.MaxValue = progress.TotalBytes;
                        bar.Value = progress.RecoveredBytes;
                    }
                });
                bar.Value = bar.MaxValue;
            });
}
