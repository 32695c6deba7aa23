using System.CommandLine;
using System.Globalization;

namespace AuraLogs.LoadTests.Sinking;

/// <summary><c>auralogs-load sink</c>: stands in for Elasticsearch and prints what it counted every second.</summary>
internal static class SinkCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port on the loopback; 0: any free one.", DefaultValueFactory = _ => 9200 };
        var capacity = new Option<long>("--capacity") { Description = "Sequence numbers to keep count of.", DefaultValueFactory = _ => 50_000_000 };
        var shortAnswers = new Option<bool>("--short-answers") { Description = "Leave good items out of unfiltered answers." };
        var outages = new Option<string[]>("--outage")
        {
            Description = "from:for:kind in seconds, as in 60:30:down; kinds: down, hang, slow, refuse503, refuse429, failItems.",
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<int>("--seconds") { Description = "How long to run.", DefaultValueFactory = _ => 3600 };
        var command = new Command("sink", "Answers as Elasticsearch does, and counts documents, duplicates and gaps.")
        {
            port, capacity, shortAnswers, outages, seconds,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var script = (parsed.GetValue(outages) ?? []).Select(Outage.Parse).ToList();
            await using var sink = new Sink(parsed.GetValue(port), parsed.GetValue(capacity), parsed.GetValue(shortAnswers), script);
            Console.WriteLine($"http://127.0.0.1:{sink.Port}");
            long before = -1;
            for (var second = 0; second < parsed.GetValue(seconds) && !cancellationToken.IsCancellationRequested; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var ledger = sink.Ledger;
                var all = ledger.Created + ledger.Conflicts + ledger.Duplicates + ledger.Strangers;
                if (all == before)
                    continue;
                before = all;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{second + 1,5} s  created {ledger.Created}  conflicts {ledger.Conflicts}  duplicates {ledger.Duplicates}  strangers {ledger.Strangers}  requests {sink.Totals.Requests}"));
            }
        });
        return command;
    }
}
