using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using Spectre.Console;

namespace AuraLogs.Lifecycle.Console;

/// <summary>The lifecycle's state on the terminal.</summary>
internal static class StatusView
{
    public static void Write(IAnsiConsole console, LifecycleReport report)
    {
        console.MarkupLineInterpolated($"[bold]Elasticsearch {report.Pass.Features.Name}[/]");
        WriteResources(console, report);
        foreach (var sentence in report.Blind)
            console.MarkupLineInterpolated($"  [red]{sentence}[/]");
        WriteIndices(console, report);
    }

    /// <param name="console">Where to.</param>
    /// <param name="report">What SLM says.</param>
    /// <param name="repositoryProblem">What is wrong with the repository; null when every node can write it.</param>
    public static void WriteSnapshots(IAnsiConsole console, LifecycleReport report, string? repositoryProblem)
    {
        if (repositoryProblem is null)
            console.MarkupLine("  Repository: [green]every node can write it[/]");
        else
            console.MarkupLineInterpolated($"  Repository: [red]{repositoryProblem}[/]");
        if (report.Snapshots is not { } snapshots)
        {
            console.MarkupLine("  Snapshots: [red]there is no snapshot policy[/]");
            return;
        }

        console.MarkupLineInterpolated($"  Last good snapshot: {Moment(snapshots.LastGood, report)} {snapshots.LastGoodName}");
        console.MarkupLineInterpolated($"  Next snapshot: {Moment(snapshots.Next, report)}");
        if (snapshots.Running is { } running)
            console.MarkupLineInterpolated($"  Running now: {running}");
        if (snapshots.LastFailure is not null)
        {
            var colour = snapshots.IsFailing ? "red" : "grey";
            console.MarkupLineInterpolated($"  [{colour}]Last failure: {Moment(snapshots.LastFailure, report)}: {snapshots.LastFailureReason}[/]");
        }

        console.MarkupLineInterpolated($"  Taken {snapshots.Taken}, failed {snapshots.Failed}, expired {snapshots.Deleted}");
    }

    private static void WriteResources(IAnsiConsole console, LifecycleReport report)
    {
        foreach (var resource in report.Pass.Resources)
        {
            var colour = resource.State == ResourceState.InPlace ? "green" : "red";
            var state = resource.State == ResourceState.InPlace ? "in place" : resource.Sentence ?? $"{resource.State}: auralogs lifecycle plan";
            console.MarkupLineInterpolated($"  {resource.Kind} [bold]{resource.Name}[/]: [{colour}]{state}[/]");
        }

        WriteService(console, "ILM", report.IlmRunning);
        if (report.Snapshots is not null)
            WriteService(console, "SLM", report.SlmRunning);
    }

    private static void WriteService(IAnsiConsole console, string name, bool running)
    {
        if (!running)
            console.MarkupLineInterpolated($"  [red]{name} is stopped in the cluster[/]");
    }

    private static void WriteIndices(IAnsiConsole console, LifecycleReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Index", "Policy", "Age", "Deleted in", "Step");
        foreach (var index in report.Indices)
        {
            var age = IndexDay.Parse(index.Name) is { } day ? report.At.UtcDateTime - day.ToDateTime(TimeOnly.MinValue) : (TimeSpan?)null;
            table.AddRow(
                Markup.Escape(index.Name),
                index.Policy is null ? "[red]none[/]" : Markup.Escape(index.Policy),
                age is { } passed ? Duration(passed) : "?",
                TimeToDeletion(index, report),
                index.Error is null ? Markup.Escape(index.Step) : $"[red]{Markup.Escape(index.Error)}[/]");
        }

        console.Write(table);
    }

    private static string TimeToDeletion(IndexStatus index, LifecycleReport report) => index switch
    {
        { Policy: null } => "[red]never[/]",
        { DeleteAt: null } => "?",
        _ when index.IsOverdueAt(report.At) => report.Pass.Deletion == Deletion.ByAge ? "[yellow]now[/]" : "[yellow]after the next snapshot[/]",
        _ => Duration(index.DeleteAt.Value - report.At),
    };

    private static string Moment(DateTimeOffset? time, LifecycleReport report) => time switch
    {
        null => "none",
        _ when time <= report.At => $"{time:u} ({Duration(report.At - time.Value)} ago)",
        _ => $"{time:u} (in {Duration(time.Value - report.At)})",
    };

    private static string Duration(TimeSpan time) => time switch
    {
        { Days: > 0 } => $"{time.Days} d {time.Hours} h",
        { Hours: > 0 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{time.Minutes} min",
    };
}
