using System.Diagnostics.Metrics;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Metrics;

/// <summary>What the operations port counts about itself.</summary>
internal sealed class OperationsMetrics(AuraLogsMeter meter)
{
    private readonly Counter<long> _refused = meter.CreateCounter<long>(
        "auralogs_operations_refused_requests_total", "{request}",
        "Requests for log contents or changes that were refused, by reason: host, origin, token, network.");

    /// <param name="reason">host, origin, token or network.</param>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
