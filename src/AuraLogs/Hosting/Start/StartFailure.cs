using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;
using Microsoft.AspNetCore.Connections;

namespace AuraLogs.Hosting.Start;

/// <summary>Says in a sentence why the service can't start: with the setting and its value where there is one, and never with a stack trace.</summary>
internal static class StartFailure
{
    public static string Describe(Exception e, AuraLogsOptions options) => e switch
    {
        ConfigurationException configuration => string.Join(' ', configuration.Mistakes),
        AggregateException { InnerExceptions: [var only] } => Describe(only, options),
        IOException { InnerException: AddressInUseException } => $"{Port(options)} is in use by another program on {options.Operations.Address}.",
        SocketException socket => $"{Port(options)} can't be opened on {options.Operations.Address}: {socket.Message}.",
        IOException or UnauthorizedAccessException => e.Message,
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    // Every other listener names its own setting.
    private static string Port(AuraLogsOptions options) => $"AuraLogs:Operations:Port {options.Operations.Port}";
}
