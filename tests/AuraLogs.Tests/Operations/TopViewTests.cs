using AuraLogs.Commands;
using Spectre.Console;

namespace AuraLogs.Tests.Operations;

public sealed class TopViewTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public async Task It_shows_what_runs_in_the_width_there_is(int width)
    {
        await using var host = await OperationsHost.StartAsync();
        host.Problems.Raise("snapshot-overdue", "The last good snapshot is [2] days old.");
        using var client = host.Clients.Connect(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 4711));

        var (exit, text) = await RunAsync(host.Http.BaseAddress!, width);

        Assert.Equal(0, exit);
        Assert.Contains("takes logs, needs attention", text, StringComparison.Ordinal);
        Assert.Contains("snapshot-overdue The last good snapshot is [2] days old.", text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:4711", text, StringComparison.Ordinal);
        Assert.Contains("0 received = 0 indexed", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
    }

    [Fact]
    public async Task Where_nothing_answers_it_says_so_and_fails()
    {
        var (exit, text) = await RunAsync(new Uri("http://127.0.0.1:1"), 200);

        Assert.Equal(1, exit);
        Assert.Contains("No AuraLogs answers at http://127.0.0.1:1/", text, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Text)> RunAsync(Uri url, int width)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        var exit = await TopCommand.RunAsync(console, url, TimeSpan.FromSeconds(1), once: true, default);
        return (exit, text.ToString());
    }
}
