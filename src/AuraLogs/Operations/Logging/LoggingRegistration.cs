using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace AuraLogs.Operations.Logging;

/// <summary>Log lines: readable in a terminal, JSON everywhere else.</summary>
internal static class LoggingRegistration
{
    public static ILoggingBuilder AddAuraLogsLogging(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);

        // Why the host can't start is said in a sentence on standard error.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.Services.AddSingleton<LogRateLimit>();
        logging.AddConsole(options =>
            options.FormatterName = Console.IsOutputRedirected ? JsonLineFormatter.FormatterName : TerminalFormatter.FormatterName);
        logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<TerminalFormatter, ConsoleFormatterOptions>();
        return logging;
    }
}
