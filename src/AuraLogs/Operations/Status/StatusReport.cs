using AuraLogs.Operations.Health;
using AuraLogs.Queue;

namespace AuraLogs.Operations.Status;

/// <summary>What <c>/api/status</c> answers. The status is as in <see cref="HealthReport"/>; the ledger is read once, so it balances.</summary>
internal sealed record StatusReport(
    string Status,
    string Version,
    string Instance,
    DateTimeOffset Now,
    Ledger Ledger,
    IReadOnlyList<Problem> Problems);
