using System.Text.Json;
using AuraLogs.Operations.Logging;
using AuraLogs.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AuraLogs.Tests.Operations;

public sealed class LoggingTests
{
    private static readonly string[] Nodes = ["es-0", "es-1"];
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void A_json_line_has_the_message_its_fields_and_the_error()
    {
        var text = Write(
            new JsonLineFormatter(new LogRateLimit(_time), _time),
            LogLevel.Error,
            new IOException("disk \"a\"\nis gone"),
            [new("Path", "/var/lib"), new("Bytes", 12L), new("Nodes", Nodes.Length), new("{OriginalFormat}", "{Path} {Bytes}")]);

        var line = JsonElement.Parse(text);
        Assert.Equal(1, text.Count(c => c == '\n'));
        Assert.Equal("error", line.GetProperty("level").GetString());
        Assert.Equal("AuraLogs.Queue.LogQueue", line.GetProperty("logger").GetString());
        Assert.Equal("The message.", line.GetProperty("message").GetString());
        Assert.Equal("/var/lib", line.GetProperty("fields").GetProperty("path").GetString());
        Assert.Equal(12, line.GetProperty("fields").GetProperty("bytes").GetInt64());
        Assert.False(line.GetProperty("fields").TryGetProperty("{OriginalFormat}", out _));
        Assert.Equal("System.IO.IOException", line.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("disk \"a\"\nis gone", line.GetProperty("error").GetProperty("message").GetString());
        Assert.EndsWith("Z", line.GetProperty("@timestamp").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_line_is_short_and_only_errors_have_a_stack()
    {
        var formatter = new TerminalFormatter(new LogRateLimit(_time), _time);

        var warning = Write(formatter, LogLevel.Warning, new IOException("gone"), []);
        var error = Write(formatter, LogLevel.Error, new IOException("gone"), []);

        Assert.Contains("LogQueue", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("AuraLogs.Queue.", warning, StringComparison.Ordinal);
        Assert.Contains("IOException: gone", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("System.IO.IOException", warning, StringComparison.Ordinal);
        Assert.Contains("System.IO.IOException", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_of_line_passes_twenty_times_in_ten_seconds_and_then_tells_what_was_left_out()
    {
        var limit = new LogRateLimit(_time);
        var passed = Enumerable.Range(0, 1000).Count(_ => limit.Admit("Queue", 1, LogLevel.Warning, out _));
        Assert.Equal(LogRateLimit.MostLines, passed);
        Assert.True(limit.Admit("Queue", 2, LogLevel.Warning, out _), "another kind has its own limit");
        Assert.True(limit.Admit("Queue", 1, LogLevel.Critical, out _), "critical lines always pass");

        _time.Advance(LogRateLimit.Period);

        Assert.True(limit.Admit("Queue", 1, LogLevel.Warning, out var leftOut));
        Assert.Equal(980, leftOut);
        Assert.True(limit.Admit("Queue", 1, LogLevel.Warning, out leftOut));
        Assert.Equal(0, leftOut);
    }

    [Fact]
    public void A_line_that_is_left_out_writes_nothing()
    {
        var formatter = new JsonLineFormatter(new LogRateLimit(_time), _time);
        var lines = Enumerable.Range(0, 30).Select(_ => Write(formatter, LogLevel.Warning, null, [])).ToList();

        Assert.Equal(20, lines.Count(line => line.Length > 0));
        _time.Advance(LogRateLimit.Period);
        Assert.Equal(10, JsonElement.Parse(Write(formatter, LogLevel.Warning, null, [])).GetProperty("leftOut").GetInt32());
    }

    private static string Write(ConsoleFormatter formatter, LogLevel level, Exception? exception, List<KeyValuePair<string, object?>> state)
    {
        var text = new StringWriter();
        var entry = new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
            level, "AuraLogs.Queue.LogQueue", new EventId(3), state, exception, (_, _) => "The message.");
        formatter.Write(entry, null, text);
        return text.ToString();
    }
}
