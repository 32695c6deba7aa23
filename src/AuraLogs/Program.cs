using System.CommandLine;
using AuraLogs.Commands;
using AuraLogs.Configuration;
using AuraLogs.Hosting;

PrivateFiles.Mask();

// Signals are the host's: it ends in order (see Service).
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
try
{
    return await AuraLogsCommand.Create().Parse(args).InvokeAsync(invocation);
}
catch (ConfigurationException e)
{
    await Console.Error.WriteLineAsync("AuraLogs can't start with this configuration:");
    foreach (var mistake in e.Mistakes)
        await Console.Error.WriteLineAsync($"  - {Terminal.Escape(mistake)}");
    return 1;
}
