using System.CommandLine;
using System.Globalization;
using AuraLogs.Hosting;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs plan-capacity</c>: the volumes, Elasticsearch's disk and the snapshots that a load takes. It asks no service.</summary>
internal static class PlanCapacityCommand
{
    private const double Kibi = 1024;

    internal static Command Create()
    {
        var nodes = Positive(new Option<int>("--nodes") { Description = "Nodes of the cluster.", Required = true });
        var events = Positive(new Option<double>("--events") { Description = "Events a second of one node.", Required = true });
        var bytes = Positive(new Option<double>("--bytes") { Description = "Bytes of an event as it is sent.", DefaultValueFactory = _ => 700 });
        var days = Positive(new Option<int>("--days") { Description = "Days that logs are kept: log_retention_time.", DefaultValueFactory = _ => 7 });
        var replicas = Positive(new Option<int>("--replicas") { Description = "Replicas of AuraLogs.", DefaultValueFactory = _ => 2 });
        var outage = Positive(new Option<double>("--outage-hours") { Description = "How long Elasticsearch may be away before senders have to wait.", DefaultValueFactory = _ => 4 });
        var ratio = Positive(new Option<double>("--index-ratio")
        {
            Description = "Bytes in a primary shard for each byte sent: pri.store.size of a whole day in _cat/indices, divided by that day's bytes.",
            DefaultValueFactory = _ => 1,
        });
        var copies = Positive(new Option<int>("--copies") { Description = "Copies of each shard, the primary among them.", DefaultValueFactory = _ => 2 });
        var price = Positive(new Option<double?>("--price") { Description = "Of a GB of the object storage for a month, in any currency. Without it no cost is shown." });

        var command = new Command("plan-capacity", "Show how large the queue's volumes, Elasticsearch's disks and the snapshots of a load have to be.")
        {
            nodes, events, bytes, days, replicas, outage, ratio, copies, price,
        };
        command.SetAction(parsed => Write(Terminal.Create(), new CapacityPlan
        {
            Nodes = parsed.GetValue(nodes),
            Events = parsed.GetValue(events),
            Bytes = parsed.GetValue(bytes),
            Days = parsed.GetValue(days),
            Replicas = parsed.GetValue(replicas),
            Outage = TimeSpan.FromHours(Math.Min(parsed.GetValue(outage), 10_000)),
            IndexRatio = parsed.GetValue(ratio),
            Copies = parsed.GetValue(copies),
            Price = parsed.GetValue(price),
        }));
        return command;
    }

    internal static int Write(IAnsiConsole console, CapacityPlan plan)
    {
        var table = new Table().HideHeaders().Border(TableBorder.None).AddColumn("").AddColumn("");
        table.AddRow("Load", $"{plan.Nodes * plan.Events:N0} events/s, {Size(plan.Rate)}/s");
        table.AddRow("Volume of each AuraLogs replica", $"{Size(plan.VolumeBytes)} for {plan.Outage.TotalHours:0.##} h without Elasticsearch (auralogs.storage)");
        table.AddRow("A day's index", $"{Size(plan.IndexBytesADay)} in primary shards");
        table.AddRow("Elasticsearch, all nodes", $"{Size(plan.ElasticsearchBytes)} for {plan.Days} days and {plan.Copies} copies (elasticsearch.storage x elasticsearch.replicas)");
        table.AddRow("Snapshots of a year", Size(plan.SnapshotBytes));
        if (plan.SnapshotYear is { } cost)
            table.AddRow("Their cost in a year", $"{cost:N2}, once all 365 days are there");
        console.Write(table);
        return ExitCode.Good;
    }

    private static Option<T> Positive<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens.Count == 0)
                return;
            if (!double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) || !(number > 0) || double.IsInfinity(number))
                result.AddError($"{option.Name} must be a number above 0.");
        });
        return option;
    }

    private static string Size(double bytes)
    {
        string[] units = ["B", "Ki", "Mi", "Gi", "Ti", "Pi"];
        var unit = 0;
        while (bytes >= Kibi && unit < units.Length - 1)
        {
            bytes /= Kibi;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#}{units[unit]}");
    }
}
