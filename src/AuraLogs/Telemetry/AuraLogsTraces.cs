using System.Diagnostics;

namespace AuraLogs.Telemetry;

/// <summary>The one source of traces: a delivery of a batch with each request it takes, and a pass of the lifecycle with its calls.</summary>
internal static class AuraLogsTraces
{
    public const string SourceName = "AuraLogs";

    /// <summary>Gives out activities only while somebody listens, which is when OTLP is configured.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A request to Elasticsearch, with the attributes of OpenTelemetry's HTTP conventions; no query, no body.</summary>
    public static Activity? StartRequest(HttpMethod method, Uri node, string pathAndQuery)
    {
        var activity = Source.StartActivity("elasticsearch request", ActivityKind.Client);
        if (activity is null)
            return null;
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return activity
            .SetTag("http.request.method", method.Method)
            .SetTag("server.address", node.Host)
            .SetTag("server.port", node.Port)
            .SetTag("url.path", query < 0 ? pathAndQuery : pathAndQuery[..query]);
    }
}
