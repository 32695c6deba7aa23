using System.CommandLine;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Sinking;

return await new RootCommand("Loads an aggregator of the forward protocol and counts what arrives in Elasticsearch. Loopback only.")
{
    GenerateCommand.Create(),
    SinkCommand.Create(),
    MatrixCommand.Create(),
}.Parse(args).InvokeAsync();
