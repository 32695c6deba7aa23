using AuraLogs.Indexing.Conflicts;
using AuraLogs.Operations.Health;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Status;

/// <summary>
/// What <c>/api/status</c> answers. The status is as in <see cref="HealthReport"/>; the ledger is read once, so it balances, and null while a start
/// has not opened the queue yet.
/// At most <see cref="StatusReporter.MostClients"/> clients are listed, the busiest first; the forward figures count them all.
/// Fields that conflict with their index are listed as <see cref="FieldConflicts"/> keeps them, the latest first.
/// </summary>
internal sealed record StatusReport(
    string Status,
    string Version,
    string Instance,
    DateTimeOffset Now,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<PastProblem> PastProblems,
    Ledger? Ledger,
    ForwardStatus Forward,
    QueueStatus Queue,
    IndexingStatus Indexing,
    ElasticsearchStatus Elasticsearch,
    LifecycleStatus Lifecycle,
    ProcessStatus Process,
    IReadOnlyList<ClientStatus> Clients,
    IReadOnlyList<FieldConflictReport> Conflicts);
