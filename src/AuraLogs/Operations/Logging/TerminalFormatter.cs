using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AuraLogs.Operations.Logging;

/// <summary>
/// A line for people: <c>11:42:27 info  LogQueue  message</c>, in colour unless NO_COLOR is set (no-color.org). An exception
/// follows, with its stack for errors only.
/// </summary>
internal sealed class TerminalFormatter(LogRateLimit limit, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "auralogs-terminal";

    private const string Plain = "\e[0m";
    private const string Dim = "\e[2m";
    private readonly bool _colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (!limit.Admit(logEntry.Category, logEntry.EventId, logEntry.LogLevel, out var leftOut))
            return;

        var now = time.GetUtcNow().ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        textWriter.Write($"{Paint(Dim, now)} {Paint(ColourOf(logEntry.LogLevel), LogLevelName.Of(logEntry.LogLevel).PadRight(5))} ");
        textWriter.Write($"{Paint(Dim, logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..])}  ");
        textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (leftOut > 0)
            textWriter.Write(Paint(Dim, $"  ({leftOut} more like this were left out)"));
        textWriter.Write('\n');
        if (logEntry.Exception is { } exception)
        {
            var text = logEntry.LogLevel >= LogLevel.Error ? exception.ToString() : $"{exception.GetType().Name}: {exception.Message}";
            textWriter.Write($"         {text.ReplaceLineEndings("\n         ")}\n");
        }
    }

    private string Paint(string colour, string text) => _colours ? $"{colour}{text}{Plain}" : text;

    private static string ColourOf(LogLevel level) => level switch
    {
        LogLevel.Information => "\e[32m",
        LogLevel.Warning => "\e[33m",
        LogLevel.Error or LogLevel.Critical => "\e[31m",
        _ => Dim,
    };
}
