using AuraLogs.Hosting;
using AuraLogs.Tests.Architecture;
using Spectre.Console;

namespace AuraLogs.Tests.Regressions;

/// <summary>A tag with <c>ESC ] 0 ; ... BEL</c> or OSC 52 reached the operator's terminal as it was: it set the title or the clipboard.</summary>
public sealed class TerminalEscapesTests
{
    [Theory]
    [InlineData("kube.\e]0;owned\a", "kube.␛]0;owned␇")]
    [InlineData("\e]52;c;ZXZpbA==\e\\", "␛]52;c;ZXZpbA==␛\\")]
    [InlineData("a\u009b31mb", "a\ufffd31mb")]
    [InlineData("a\u202eb\u2066c", "a\ufffdb\ufffdc")]
    [InlineData("a\rb\bc\u007f", "a␍b␈c␡")]
    [InlineData("[red]märkup[/] 日本 \U0001f600", "[red]märkup[/] 日本 \U0001f600")]
    public void What_a_terminal_would_obey_is_shown_instead(string text, string shown)
    {
        Assert.Equal(shown, Terminal.Escape(text));
        Assert.Equal(shown, Print(console => console.Write(new Text(text))));
        Assert.Contains(shown, Print(console => console.Write(new Table().AddColumn("tag").AddRow(Markup.Escape(text)))), StringComparison.Ordinal);
        Assert.Contains(shown, Print(console => console.MarkupLineInterpolated($"[bold]{text}[/]")), StringComparison.Ordinal);
    }

    /// <summary>Whoever prints to a console of his own goes around the guard.</summary>
    [Fact]
    public void Every_command_prints_through_the_guarded_console()
    {
        var others = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "Terminal.cs" && !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file) is var text && (text.Contains("AnsiConsole.Console", StringComparison.Ordinal) || text.Contains("AnsiConsole.Create", StringComparison.Ordinal)));

        Assert.Empty(others);
    }

    private static string Print(Action<IAnsiConsole> print)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 200;
        print(Terminal.Guard(console));
        return output.ToString();
    }
}
