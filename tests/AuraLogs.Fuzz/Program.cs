using System.CommandLine;
using AuraLogs.Fuzz.Guided;

return await new RootCommand("Fuzzes what takes bytes from outside, guided by coverage.")
{
    RunCommand.Create(),
    WorkCommand.Create(),
    DistilCommand.Create(),
    ReplayCommand.Create(),
}.Parse(args).InvokeAsync();
