using System.CommandLine;
using AuraLogs.Hosting;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Console;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;
using AuraLogs.Lifecycle.Status;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs lifecycle plan | apply | status</c>: retention and snapshots, compared, put right and looked at.</summary>
internal static class LifecycleCommand
{

    internal static Command Create()
    {
        var plan = new Command("plan", "Show what differs from the configuration, field by field. Exit code 2 when something does.");
        plan.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => PlanAsync(services, console, cancellationToken)));

        var takeOver = new Option<bool>("--take-over") { Description = "Replace what somebody else made, and give indices of ours without a policy theirs." };
        var apply = new Command("apply", "Put right what differs, and nothing else.") { takeOver };
        apply.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ApplyAsync(services, console, parsed.GetValue(takeOver), cancellationToken)));

        var status = new Command("status", "Show policies, indices with their time to deletion, snapshots and the repository.");
        status.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => StatusAsync(services, console, cancellationToken)));

        return new Command("lifecycle", "Retention and snapshots in Elasticsearch.") { plan, apply, status };
    }

    private static async Task<int> PlanAsync(IServiceProvider services, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var pass = await RunAsync(services, apply: false, takeOver: false, cancellationToken);
        PlanView.Write(console, pass);
        return pass.InPlace ? ExitCode.Good : ExitCode.Difference;
    }

    private static async Task<int> ApplyAsync(
        IServiceProvider services, IAnsiConsole console, bool takeOver, CancellationToken cancellationToken)
    {
        takeOver |= services.GetRequiredService<LifecycleOptions>().TakeOver;
        var pass = await RunAsync(services, apply: true, takeOver, cancellationToken);
        PlanView.Write(console, pass);
        if (takeOver)
        {
            foreach (var index in await services.GetRequiredService<IndexAdoption>().RunAsync(pass.Features, cancellationToken))
                console.MarkupLineInterpolated($"[green]✓[/] The index {index} has the policy now");
        }

        return pass.InPlace ? ExitCode.Good : ExitCode.Failure;
    }

    private static async Task<int> StatusAsync(IServiceProvider services, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var observer = services.GetRequiredService<LifecycleObserver>();
        var pass = await RunAsync(services, apply: false, takeOver: false, cancellationToken);
        var report = await observer.ObserveAsync(pass, cancellationToken);
        StatusView.Write(console, report);
        if (services.GetRequiredService<LifecycleOptions>().Snapshots)
            StatusView.WriteSnapshots(console, report, await observer.CheckRepositoryAsync(cancellationToken));
        return ExitCode.Good;
    }

    private static async Task<LifecyclePass> RunAsync(IServiceProvider services, bool apply, bool takeOver, CancellationToken cancellationToken)
    {
        var pass = await services.GetRequiredService<Reconciler>().RunAsync(apply, takeOver, cancellationToken);
        var views = await services.GetRequiredService<DataViews>().RunAsync(pass.Features, apply, cancellationToken);
        return pass with { Resources = [.. pass.Resources, .. views] };
    }
}
