using AuraLogs.Operations.Health;
using AuraLogs.Queue;

namespace AuraLogs.Operations.Status;

/// <summary>Puts together what <c>/api/status</c> answers.</summary>
internal sealed class StatusReporter(LogQueue queue, Problems problems, TimeProvider time)
{
    public StatusReport Report()
    {
        var current = problems.Current;
        return new StatusReport(
            HealthReport.StatusOf(current), BuildVersion.Value, Environment.MachineName, time.GetUtcNow(), queue.Ledger, current);
    }
}
