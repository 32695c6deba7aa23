using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuraLogs.Elasticsearch;
using AuraLogs.Indexing;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs dead-letters list | show | replay</c>: the documents that Elasticsearch refused.</summary>
internal static class DeadLettersCommand
{
    private const int Good = 0;
    private const int NotAll = 1;
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
        var list = new Command("list", "Show the newest dead letters, and why each was refused.") { most };
        list.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ListAsync(Store(services), console, parsed.GetValue(most), cancellationToken)));

        var id = new Argument<string>("id") { Description = "The id that 'list' shows." };
        var show = new Command("show", "Show one dead letter with its whole document.") { id };
        show.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            parsed.UnmatchedTokens, (services, console) => ShowAsync(Store(services), console, parsed.GetValue(id)!, cancellationToken)));

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

    internal static async Task<int> ListAsync(DeadLetterStore store, IAnsiConsole console, int most, CancellationToken cancellationToken)
    {
        var (letters, total) = await store.ListAsync(most, cancellationToken);
        if (total == 0)
        {
            console.MarkupLine("There are no dead letters.");
            return Good;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("Refused", "Id", "Index", "Error", "Reason");
        foreach (var letter in letters)
        {
            var reason = letter.ErrorReason.Length > ReasonWidth ? letter.ErrorReason[..ReasonWidth] + "…" : letter.ErrorReason;
            table.AddRow(
                Markup.Escape(letter.Time), Markup.Escape(letter.Id), Markup.Escape(letter.Index), Markup.Escape(letter.ErrorType), Markup.Escape(reason));
        }

        console.Write(table);
        console.MarkupLineInterpolated($"{letters.Count} of {total}");
        return Good;
    }

    internal static async Task<int> ShowAsync(DeadLetterStore store, IAnsiConsole console, string id, CancellationToken cancellationToken)
    {
        var letters = await store.FindAsync(id, cancellationToken);
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
            return Good;
        console.MarkupLineInterpolated($"[red]There is no dead letter {id}.[/]");
        return NotAll;
    }

    internal static async Task<int> ReplayAsync(
        DeadLetterStore store, IAnsiConsole console, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var result = await store.ReplayAsync(
            ids, so => console.MarkupLineInterpolated($"{so.Indexed + so.Duplicates + so.Refused.Count} looked at"), cancellationToken);
        console.MarkupLineInterpolated($"{result.Indexed} indexed, {result.Duplicates} were there already, {result.Refused.Count} are refused still");
        foreach (var reason in result.Refused.CountBy(type => type).OrderByDescending(reason => reason.Value))
            console.MarkupLineInterpolated($"  {reason.Value} × {reason.Key}");
        return result.Refused.Count == 0 ? Good : NotAll;
    }

    private static DeadLetterStore Store(IServiceProvider services) => new(services.GetRequiredService<ElasticsearchClient>());

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
