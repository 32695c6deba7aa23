using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuraLogs.Elasticsearch;
using AuraLogs.Hosting;
using AuraLogs.Indexing.DeadLetters;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs dead-letters list | show | replay</c>: the documents that Elasticsearch refused.</summary>
internal static class DeadLettersCommand
{
    private const int ReasonWidth = 80;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Command Create()
    {
        var most = new Option<int>("--most") { Description = "How many to show.", DefaultValueFactory = _ => 20 };
        most.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
                result.AddError("--most must be between 1 and 1000.");
        });
        var list = new Command("list", "Show the newest dead letters, on this disk and in the cluster, and why each was refused.") { most };
        list.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ListAsync(Store(services), Local(services), console, parsed.GetValue(most), cancellationToken)));

        var id = new Argument<string>("id") { Description = "The id that 'list' shows." };
        var show = new Command("show", "Show one dead letter with its whole document.") { id };
        show.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ShowAsync(Store(services), Local(services), console, parsed.GetValue(id)!, cancellationToken)));

        var ids = new Option<string[]>("--id")
        {
            Description = "Only this one; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        var replay = new Command("replay", "Index the documents where they belong, after a mapping was repaired, say; what is indexed is no dead letter any more.")
        {
            ids,
        };
        replay.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ReplayAsync(Store(services), console, parsed.GetValue(ids)!, cancellationToken)));

        return new Command("dead-letters", "The documents that Elasticsearch refused.") { list, show, replay };
    }

    internal static async Task<int> ListAsync(
        DeadLetterStore store, LocalDeadLetters local, IAnsiConsole console, int most, CancellationToken cancellationToken)
    {
        // 1. On this disk, first: these are there also when the cluster does not answer.
        var (newest, localTotal) = Newest(local, most);
        if (localTotal > 0)
        {
            console.MarkupLineInterpolated($"On this disk only, in {local.Path}; they are offered to Elasticsearch again from time to time:");
            Write(console, newest, localTotal);
        }

        // 2. In the cluster.
        var (letters, total) = await store.ListAsync(most, cancellationToken);
        if (total > 0)
            Write(console, letters, total);
        else
            console.MarkupLine(localTotal > 0 ? "There are none in the cluster." : "There are no dead letters.");
        return ExitCode.Good;
    }

    private static (IReadOnlyList<DeadLetter> Newest, long Total) Newest(LocalDeadLetters local, int most)
    {
        var newest = new Queue<DeadLetter>();
        long total = 0;
        foreach (var letter in local.Read())
        {
            total++;
            newest.Enqueue(letter with { Document = "" });
            if (newest.Count > most)
                newest.Dequeue();
        }

        return ([.. newest.Reverse()], total);
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<DeadLetter> letters, long total)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Refused", "Id", "Index", "Error", "Reason");
        foreach (var letter in letters)
        {
            var reason = letter.ErrorReason.Length > ReasonWidth ? letter.ErrorReason[..ReasonWidth] + "…" : letter.ErrorReason;
            table.AddRow(
                Markup.Escape(letter.Time), Markup.Escape(letter.Id), Markup.Escape(letter.Index), Markup.Escape(letter.ErrorType), Markup.Escape(reason));
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{letters.Count} of {total}");
    }

    internal static async Task<int> ShowAsync(
        DeadLetterStore store, LocalDeadLetters local, IAnsiConsole console, string id, CancellationToken cancellationToken)
    {
        var letters = local.Read().Where(letter => letter.Id == id).ToList();
        if (letters.Count == 0)
            letters.AddRange(await store.FindAsync(id, cancellationToken));
        foreach (var letter in letters)
        {
            var table = new Table().HideHeaders().Border(TableBorder.None).AddColumns("", "");
            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
                [("refused", letter.Time), ("index", letter.Index), ("id", letter.Id), ("tag", letter.Tag), ("error", letter.ErrorType), ("reason", letter.ErrorReason), ("stored in", letter.Home)])
                table.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
            console.Write(table);
            console.WriteLine(Format(letter.Document));
        }

        if (letters.Count > 0)
            return ExitCode.Good;
        console.MarkupLineInterpolated($"[red]There is no dead letter {id}.[/]");
        return ExitCode.Failure;
    }

    internal static async Task<int> ReplayAsync(
        DeadLetterStore store, IAnsiConsole console, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var result = await store.ReplayAsync(
            ids, so => console.MarkupLineInterpolated($"{so.Indexed + so.Duplicates + so.Refused.Count} looked at"), cancellationToken);
        console.MarkupLineInterpolated($"{result.Indexed} indexed, {result.Duplicates} were there already, {result.Refused.Count} are refused still");
        foreach (var reason in result.Refused.CountBy(type => type).OrderByDescending(reason => reason.Value))
            console.MarkupLineInterpolated($"  {reason.Value} × {reason.Key}");
        if (result.NotDeleted.Count > 0)
        {
            var reasons = string.Join(", ", result.NotDeleted.Distinct());
            console.MarkupLineInterpolated($"[red]{result.NotDeleted.Count} of the indexed stay listed as dead letters, because they could not be deleted ({reasons}): the user needs the privileges read and delete on {IndexConventions.DeadLetterPrefix}-*[/]");
        }

        return result.Refused.Count + result.NotDeleted.Count == 0 ? ExitCode.Good : ExitCode.Failure;
    }

    private static DeadLetterStore Store(IServiceProvider services) => services.GetRequiredService<DeadLetterStore>();

    private static LocalDeadLetters Local(IServiceProvider services) => services.GetRequiredService<LocalDeadLetters>();

    private static string Format(string document)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(document), Readable);
        }
        catch (JsonException)
        {
            return document;
        }
    }
}
