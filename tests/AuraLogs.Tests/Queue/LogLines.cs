using System.Collections.Concurrent;
using AuraLogs.Queue;
using Microsoft.Extensions.Logging;

namespace AuraLogs.Tests.Queue;

/// <summary>What a queue has said in the log.</summary>
internal sealed class LogLines : ILogger<LogQueue>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<(LogLevel Level, string Text)> Containing(string part) =>
        [.. _lines.Where(line => line.Text.Contains(part, StringComparison.Ordinal))];

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
