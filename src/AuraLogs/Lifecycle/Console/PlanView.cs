using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;
using Spectre.Console;

namespace AuraLogs.Lifecycle.Console;

/// <summary>A pass on the terminal: a line a resource, and below it a line a field that differs or differed.</summary>
internal static class PlanView
{
    public static void Write(IAnsiConsole console, LifecyclePass pass)
    {
        console.MarkupLineInterpolated($"[bold]Elasticsearch {pass.Features.Name}[/]");
        foreach (var resource in pass.Resources)
            Write(console, resource);
        foreach (var gap in pass.Features.Gaps())
            console.MarkupLineInterpolated($"[grey]i {gap}[/]");
        if (pass.Deletion == Deletion.Held)
            console.MarkupLine("[yellow]! No index is deleted while no snapshot can be relied on.[/]");
        console.MarkupLine(Summary(pass));
    }

    private static void Write(IAnsiConsole console, ResourceReport resource)
    {
        var (sign, colour, what) = Describe(resource);
        console.MarkupLineInterpolated($"[{colour}]{sign}[/] {resource.Kind} [bold]{resource.Name}[/] [{colour}]{what}[/]");
        if (resource.Sentence is { } sentence)
            console.MarkupLineInterpolated($"    [{colour}]{sentence}[/]");
        foreach (var difference in resource.Differences)
            Write(console, difference);
        if (resource.Reach is { } reach)
            console.MarkupLineInterpolated($"    [grey]i {reach}[/]");
    }

    private static void Write(IAnsiConsole console, FieldDifference difference)
    {
        switch (difference)
        {
            case { Actual: null }:
                console.MarkupLineInterpolated($"    [green]+ {difference.Field}: {difference.Desired}[/]");
                break;
            case { Desired: null }:
                console.MarkupLineInterpolated($"    [red]- {difference.Field}: {difference.Actual}[/]");
                break;
            default:
                console.MarkupLineInterpolated(
                    $"    [yellow]~ {difference.Field}:[/] [red]{difference.Actual}[/] -> [green]{difference.Desired}[/]");
                break;
        }
    }

    private static (string Sign, string Colour, string What) Describe(ResourceReport resource) => resource switch
    {
        { State: ResourceState.InPlace, Change: ResourceChange.Created } => ("✓", "green", "was missing, made"),
        { State: ResourceState.InPlace, Change: ResourceChange.Repaired } => ("✓", "green", "differed, put right"),
        { State: ResourceState.InPlace } => ("✓", "green", "is in place"),
        { State: ResourceState.Missing } => ("+", "green", "is missing"),
        { State: ResourceState.Different } => ("~", "yellow", "differs"),
        { State: ResourceState.Foreign } => ("!", "red", "is somebody else's"),
        { State: ResourceState.NotKept } => ("!", "red", "is not kept as it was put"),
        _ => ("x", "red", "failed"),
    };

    private static string Summary(LifecyclePass pass)
    {
        var changes = pass.Resources.Count(resource => resource.State is ResourceState.Missing or ResourceState.Different);
        var problems = pass.Resources.Count(resource => resource.State is ResourceState.Foreign or ResourceState.NotKept or ResourceState.Failed);
        return (changes, problems) switch
        {
            (0, 0) => "[green]Everything is as it should be.[/]",
            (_, 0) => $"[yellow]{changes} to change: auralogs lifecycle apply[/]",
            (0, _) => $"[red]{problems} with a problem.[/]",
            _ => $"[yellow]{changes} to change[/], [red]{problems} with a problem.[/]",
        };
    }
}
