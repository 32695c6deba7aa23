using System.Globalization;
using System.Reflection;
using AuraLogs.Benchmarks.LocalElasticsearch;
using BenchmarkDotNet.Running;

if (args is ["local-elasticsearch", .. var rest])
    await LocalElasticsearchRun.RunAsync(rest is [var documents] ? int.Parse(documents, CultureInfo.InvariantCulture) : 1_000_000);
else
    BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
