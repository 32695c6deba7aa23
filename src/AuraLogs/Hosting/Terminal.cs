using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AuraLogs.Hosting;

/// <summary>
/// The one way to print. Tags, documents, reasons and names come from elsewhere, and a terminal obeys what it is sent: it changes its
/// title, its clipboard, even answers as if somebody typed. So control characters are replaced by their pictures, and characters that
/// turn the direction of a line by U+FFFD; each takes one column as before.
/// </summary>
internal static class Terminal
{
    /// <summary>Columns when the output goes into a file or a pipe: a table must not be folded for a screen that isn't there.</summary>
    private const int PipeWidth = 200;

    private static readonly Lazy<IAnsiConsole> Output = new(() => Guard(Console.IsOutputRedirected ? Plain() : AnsiConsole.Console));

    /// <summary>Standard output: colours and bars on a terminal, plain text in a file or a pipe.</summary>
    public static IAnsiConsole Create() => Output.Value;

    /// <summary>Lets a console print nothing else from now on.</summary>
    public static IAnsiConsole Guard(IAnsiConsole console)
    {
        console.Pipeline.Attach(new Hook());
        return console;
    }

    /// <summary>Text that a terminal only shows; line ends and tabs stay.</summary>
    public static string Escape(string text)
    {
        var first = 0;
        while (first < text.Length && !IsUnsafe(text[first]))
            first++;
        if (first == text.Length)
            return text;
        var safe = new StringBuilder(text, 0, first, text.Length);
        foreach (var character in text.AsSpan(first))
            safe.Append(IsUnsafe(character) ? Picture(character) : character);
        return safe.ToString();
    }

    private static bool IsUnsafe(char character) => character switch
    {
        '\n' or '\t' => false,
        < ' ' or (>= '\x7f' and <= '\x9f') => true,
        '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => true,
        _ => false,
    };

    private static char Picture(char character) => character switch
    {
        < ' ' => (char)('\u2400' + character),
        '\x7f' => '\u2421',
        _ => '\ufffd',
    };

    private static IAnsiConsole Plain()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = PipeWidth;
        return console;
    }

    private sealed class Hook : IRenderHook
    {
        public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
            renderables.Select(inner => new Guarded(inner));
    }

    /// <summary>What is drawn, with its texts made safe; the control codes are the console's own.</summary>
    private sealed class Guarded(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(segment =>
                segment.IsControlCode || segment.IsLineBreak || Escape(segment.Text) is var safe && ReferenceEquals(safe, segment.Text)
                    ? segment
                    : new Segment(Escape(segment.Text), segment.Style));
    }
}
