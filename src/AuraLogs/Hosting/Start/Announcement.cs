using System.Globalization;
using System.Net;
using AuraLogs.Hosting.Settings;
using AuraLogs.Operations;

namespace AuraLogs.Hosting.Start;

/// <summary>What the service says when it is ready: to a person the first screen, to a collector of logs one line.</summary>
/// <param name="options">The settings in force.</param>
/// <param name="forward">Where forward messages are taken.</param>
/// <param name="operations">Where the operations port is.</param>
/// <param name="local">Where the local Elasticsearch is; null when a cluster is used.</param>
/// <param name="queued">How many events wait in the queue.</param>
internal sealed partial class Announcement(AuraLogsOptions options, IPEndPoint forward, Uri operations, Uri? local, long queued)
{
    private readonly string _operations = operations.GetLeftPart(UriPartial.Authority);
    private readonly string _queue = Path.GetFullPath(options.Queue.Path);
    private readonly string _cluster = local?.GetLeftPart(UriPartial.Authority) ?? options.Elasticsearch.Urls;

    public void Say(ILogger logger)
    {
        if (Console.IsOutputRedirected)
            Ready(logger, forward, _operations, _cluster, _queue);
        else
            Console.Out.WriteLine(FirstScreen());
    }

    private string FirstScreen() => string.Create(CultureInfo.InvariantCulture, $"""

        AuraLogs {BuildVersion.Value} is ready.

          Send logs     forward protocol, port {forward.Port} of {(Equals(forward.Address, IPAddress.Any) ? "every address" : forward.Address)}
                        fluent-bit -i dummy -o forward://127.0.0.1:{forward.Port} -p require_ack_response=true
          Look at them  http://{Reachable(operations)}
                        curl '{(local is null ? _cluster.Split(',')[0] : Reachable(local))}/{options.Indexing.IndexPrefix}-*/_search?q=lvl:ERROR&sort=@timestamp:desc'
          Queue         {_queue}: {queued} events waiting, never more than {options.Queue.MaxBytes / (double)(1 << 30):0.##} GiB
          Index         {Index()}

        {Hint()}

        """);

    private string Index() => local is null
        ? $"{options.Indexing.IndexPrefix}-* at {_cluster}"
        : $"{options.Indexing.IndexPrefix}-* in the local Elasticsearch, {Path.GetFullPath(options.LocalElasticsearch.Path)}";

    private string Hint() => local is null
        ? "Ctrl+C ends it. What it has acknowledged, it keeps."
        : "The local Elasticsearch is for one machine; a cluster is one setting away: AuraLogs:Elasticsearch:Urls. Ctrl+C ends it.";

    private static string Reachable(Uri address) =>
        address.Host is "0.0.0.0" or "[::]" ? $"127.0.0.1:{address.Port}" : address.Authority;

    [LoggerMessage(Level = LogLevel.Information, Message =
        "AuraLogs is ready: forward on {Forward}, operations on {Operations}, Elasticsearch at {Elasticsearch}, queue in {Queue}")]
    private static partial void Ready(ILogger logger, IPEndPoint forward, string operations, string elasticsearch, string queue);
}
