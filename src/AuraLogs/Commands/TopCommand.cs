using System.CommandLine;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Hosting;
using AuraLogs.Operations;
using AuraLogs.Operations.Top;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary><c>auralogs top</c>: the status of a running instance, live in a terminal, as in a <c>kubectl exec</c>.</summary>
internal static class TopCommand
{
    private const int MaxAnswerBytes = 16 << 20;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    /// <summary>What answers at the URL may be something else, and its JSON of another shape.</summary>
    private static readonly OperationsJson Strict = new(new JsonSerializerOptions(OperationsJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    });

    internal static Command Create()
    {
        var url = new Option<string>("--url")
        {
            Description = "The operations port of the instance.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var interval = new Option<double>("--interval") { Description = "Seconds between two looks.", DefaultValueFactory = _ => 1 };
        var once = new Option<bool>("--once") { Description = "Print it once and end; also what happens when the output is no terminal." };
        url.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                result.AddError("--url must be an http or https URL.");
        });
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3600))
                result.AddError("--interval must be between 0.1 and 3600 seconds.");
        });

        var command = new Command("top", "Shows the status of a running instance, live.") { url, interval, once };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Terminal.Create(),
            new Uri(parsed.GetValue(url)!),
            TimeSpan.FromSeconds(parsed.GetValue(interval)),
            parsed.GetValue(once) || Console.IsOutputRedirected,
            cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(
        IAnsiConsole console, Uri url, TimeSpan interval, bool once, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = url, Timeout = RequestLimit, MaxResponseContentBufferSize = MaxAnswerBytes };
        if (once)
        {
            var (view, found) = await LookAsync(http, console.Profile.Width, cancellationToken);
            console.Write(view);
            return found ? 0 : 1;
        }

        try
        {
            console.Clear();
            await FollowAsync(console, http, interval, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl+C is the way out.
        }

        return 0;
    }

    private static async Task FollowAsync(IAnsiConsole console, HttpClient http, TimeSpan interval, CancellationToken cancellationToken)
    {
        var live = console.Live(new Text("")).Overflow(VerticalOverflow.Crop);
        await live.StartAsync(async context =>
        {
            while (true)
            {
                context.UpdateTarget((await LookAsync(http, console.Profile.Width, cancellationToken)).View);
                await Task.Delay(interval, cancellationToken);
            }
        });
    }

    private static async Task<(Spectre.Console.Rendering.IRenderable View, bool Found)> LookAsync(
        HttpClient http, int width, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await http.GetByteArrayAsync("/api/status", cancellationToken);
            var report = JsonSerializer.Deserialize(PeerJson.Readable(answer), Strict.StatusReport) ?? throw new JsonException("the answer is null");
            return (TopView.Of(report, width), true);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (new Markup($"[red]{Markup.Escape($"No AuraLogs answers at {http.BaseAddress}: {e.Message}")}[/]\n"), false);
        }
    }
}
