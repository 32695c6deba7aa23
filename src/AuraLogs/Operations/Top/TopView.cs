using AuraLogs.Operations.Status;
using AuraLogs.Telemetry;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AuraLogs.Operations.Top;

/// <summary>A status report laid out for a terminal.</summary>
internal static class TopView
{
    private const int NarrowWidth = 100;
    private const int MostClients = 10;

    public static IRenderable Of(StatusReport report, int width)
    {
        IRenderable[] stages = [Received(report), Queue(report), Indexed(report)];
        var rows = new List<IRenderable> { Headline(report) };
        rows.AddRange(report.Problems.Select(Problem));
        rows.Add(Text.Empty);
        if (width < NarrowWidth)
            rows.AddRange(stages);
        else
            rows.Add(SideBySide(stages));
        rows.Add(Ledger(report));
        rows.Add(Beneath(report));
        if (report.Clients.Count > 0)
            rows.Add(Clients(report));
        return new Rows(rows);
    }

    private static Grid SideBySide(IRenderable[] stages)
    {
        var grid = new Grid { Expand = true };
        foreach (var _ in stages)
            grid.AddColumn(new GridColumn().Padding(0, 0));
        return grid.AddRow(stages);
    }

    private static Markup Headline(StatusReport report)
    {
        var (colour, sentence) = report.Status switch
        {
            "ok" => ("green", "everything flows"),
            "degraded" => ("yellow", "takes logs, needs attention"),
            _ => ("red", "takes no logs"),
        };
        var up = TopText.Duration((report.Now - report.Process.StartedAt).TotalSeconds);
        return new Markup(
            $"[bold]AuraLogs[/] {Markup.Escape(report.Instance)} [dim]version {Markup.Escape(report.Version)}, up {up}[/]  [{colour}]● {sentence}[/]");
    }

    private static Markup Problem(Problem problem) => new(
        $"  [{(problem.StopsIntake ? "red" : "yellow")}]{Markup.Escape(problem.Code)}[/] {Markup.Escape(problem.Sentence)}");

    private static Panel Received(StatusReport report)
    {
        var forward = report.Forward;
        return Stage(
            "Received",
            "blue",
            ("events/s", TopText.Count(forward.EventsPerSecond)),
            ("data", TopText.Bytes(forward.BytesPerSecond) + "/s"),
            ("senders", TopText.Count(forward.Connections)),
            ("ack p50, p99", TopText.Latency(forward.Ack)),
            ("refused", TopText.Count(forward.RefusedFrames)));
    }

    private static Panel Queue(StatusReport report)
    {
        var queue = report.Queue;
        return Stage(
            queue.Full ? "Queue, full" : "Queue",
            queue.Full ? "red" : "yellow",
            ("events", TopText.Count(queue.Events)),
            ("disk", $"{TopText.Bytes(queue.DiskBytes)} of {TopText.Bytes(queue.MaxBytes)}"),
            ("oldest", TopText.Duration(queue.OldestEventAgeSeconds)),
            ("commit p50, p99", TopText.Latency(queue.Commit)),
            ("full in", queue.SecondsUntilFull is { } seconds ? TopText.Duration(seconds) : "not filling"));
    }

    private static Panel Indexed(StatusReport report)
    {
        var indexing = report.Indexing;
        return Stage(
            "Indexed",
            "teal",
            ("events/s", TopText.Count(indexing.EventsPerSecond)),
            ("data", TopText.Bytes(indexing.BytesPerSecond) + "/s"),
            ("in flight", $"{TopText.Count(indexing.InFlightRequests)} of {TopText.Count(indexing.ConcurrencyLimit)}"),
            ("bulk p50, p99", TopText.Latency(indexing.Bulk)),
            ("dead letters", TopText.Count(report.Ledger?.DeadLettered ?? 0)));
    }

    private static Panel Stage(string name, string colour, params (string Name, string Value)[] figures)
    {
        var grid = new Grid { Expand = true }.AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap());
        foreach (var (figure, value) in figures)
            grid.AddRow(new Text(figure, new Style(decoration: Decoration.Dim)), new Text(value, new Style(decoration: Decoration.Bold)));
        return new Panel(grid) { Header = new PanelHeader($"[{colour}] {name} [/]"), Border = BoxBorder.Rounded, Expand = true };
    }

    private static Markup Ledger(StatusReport report)
    {
        if (report.Ledger is not { } ledger)
            return new Markup("[dim]Ledger[/] not known before the queue is open");
        var accounted = ledger.Indexed + ledger.Duplicates + ledger.DeadLettered + ledger.Quarantined + ledger.Queued;
        var verdict = accounted == ledger.Received ? "[green]balances[/]" : $"[red]off by {ledger.Received - accounted}[/]";
        return new Markup(
            $"[dim]Ledger[/] {ledger.Received} received = {ledger.Indexed} indexed + {ledger.Duplicates} duplicates + "
            + $"{ledger.DeadLettered} dead letters + {ledger.Quarantined} quarantined + {ledger.Queued} queued, {verdict}");
    }

    private static Markup Beneath(StatusReport report)
    {
        var (process, lifecycle) = (report.Process, report.Lifecycle);
        var off = lifecycle.InSync.Where(resource => !resource.Value).Select(resource => resource.Key).ToList();
        var state = !lifecycle.Enabled ? "not managed"
            : lifecycle.InSync.Count == 0 ? "not checked yet"
            : off.Count == 0 ? "[green]as it should be[/]" : $"[yellow]not as it should be: {Markup.Escape(string.Join(", ", off))}[/]";
        return new Markup(
            $"[dim]Process[/] {process.CpuCores:0.00} cores, {TopText.Bytes(process.ResidentBytes)}, {process.GcPauseRatio:P1} of the time in GC pauses\n"
            + $"[dim]Lifecycle[/] {state}");
    }

    private static Table Clients(StatusReport report)
    {
        var table = new Table { Border = TableBorder.Simple, Expand = true };
        table.AddColumn("[dim]Sender[/]");
        foreach (var column in (string[])["Events", "Data", "Last frame"])
            table.AddColumn(new TableColumn($"[dim]{column}[/]").RightAligned());
        foreach (var client in report.Clients.Take(MostClients))
        {
            table.AddRow(
                new Text(client.Address),
                new Text(TopText.Count(client.Events)),
                new Text(TopText.Bytes(client.Bytes)),
                new Text(client.LastFrameAt is { } last ? $"{TopText.Duration((report.Now - last).TotalSeconds)} ago" : "none yet"));
        }

        return table;
    }
}
