using System.CommandLine;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Sinking;
using AuraLogs.LoadTests.Soaking;

return await new RootCommand("Loads an aggregator of the forward protocol and counts what arrives in Elasticsearch. Loopback only.")
{
    GenerateCommand.Create(),
    SinkCommand.Create(),
    MatrixCommand.Create(),
    SoakCommand.Create(),
    FaultsCommand.Create(),
    BacklogCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
