using System.CommandLine;
using AuraLogs.Commands;
using AuraLogs.Configuration;
using AuraLogs.Hosting;
using AuraLogs.Hosting.Secrets;

PrivateFiles.Mask();

// The service handles its signals from here on; a command ends with the system's own handling.
using var signals = args.Length == 0 || args[0].StartsWith('-') ? new ServiceSignals() : null;
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
try
{
    return await AuraLogsCommand.Create(settings => Service.RunAsync(settings, signals!)).Parse(args).InvokeAsync(invocation);
}
catch (ConfigurationException e)
{
    await Console.Error.WriteLineAsync("AuraLogs can't start with this configuration:");
    foreach (var mistake in e.Mistakes)
        await Console.Error.WriteLineAsync($"  - {Terminal.Escape(mistake)}");
    return ExitCode.Configuration;
}
