using System.Diagnostics.Metrics;
using System.Globalization;
using AuraLogs.Elasticsearch.Nodes;
using AuraLogs.Telemetry;

namespace AuraLogs.Elasticsearch;

/// <summary>Every request to the cluster, bulk or not, and how many of its nodes answer.</summary>
internal sealed class ElasticsearchMetrics(AuraLogsMeter meter)
{
    public const string RequestsTotalName = "auralogs_elasticsearch_requests_total";
    public const string RequestSecondsName = "auralogs_elasticsearch_request_seconds";
    public const string NodesName = "auralogs_elasticsearch_nodes";

    private readonly Counter<long> _requests = meter.CreateCounter<long>(
        RequestsTotalName, "{request}", "Requests of every kind, by HTTP status, or none without an answer.");

    private readonly Histogram<double> _seconds = meter.CreateSecondsHistogram(
        RequestSecondsName, "How long requests of every kind took, with reading the answer.");

    /// <summary>Shows the nodes, once it is known which they are.</summary>
    public void Observe(ElasticsearchNodes nodes) => meter.CreateObservableGauge(
        NodesName,
        () =>
        {
            var down = nodes.SetAside;
            return (Measurement<int>[])[State("up", nodes.Count - down), State("down", down)];
        },
        "{node}",
        "The nodes that are configured, by whether they answer.");

    public void Answered(int status, TimeSpan elapsed) => Count(status.ToString(CultureInfo.InvariantCulture), elapsed);

    public void Failed(TimeSpan elapsed) => Count("none", elapsed);

    private void Count(string status, TimeSpan elapsed)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("status", status));
        _seconds.Record(elapsed.TotalSeconds);
    }

    private static Measurement<int> State(string state, int nodes) => new(nodes, new KeyValuePair<string, object?>("state", state));
}
