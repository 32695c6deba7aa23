using System.Diagnostics.Metrics;
using AuraLogs.Forward;
using AuraLogs.Memory;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Metrics;

/// <summary>What the pool of all that is large holds, and each budget of it.</summary>
internal sealed class MemoryMetrics
{
    public MemoryMetrics(AuraLogsMeter meter, MemoryBudgets memory, AckMemory acks)
    {
        meter.CreateObservableGauge(
            "auralogs_memory_pool_bytes",
            () => PoolBytes(memory.Pool),
            "By",
            "Memory of the pool, by state: used, and kept for the next use.");
        meter.CreateObservableGauge(
            "auralogs_memory_pool_limit_bytes", () => memory.Pool.Limit, "By", "The most memory of the pool: AuraLogs:MaxMemory less the queue's pages.");
        meter.CreateObservableGauge(
            "auralogs_memory_budget_used_bytes", () => Each(memory, budget => budget.Used), "By", "Memory that a budget has given out.");
        meter.CreateObservableGauge(
            "auralogs_memory_budget_limit_bytes", () => Each(memory, budget => budget.Limit), "By", "The most memory of a budget.");
        meter.CreateObservableGauge(
            "auralogs_memory_budget_wanted_bytes", () => Each(memory, budget => budget.Wanted), "By", "Memory that is waited for, because the budget is used up.");
        meter.CreateObservableGauge(
            "auralogs_forward_pending_ack_bytes", () => acks.Held, "By", "Memory of acknowledgements that wait for a commit or have not arrived.");
    }

    private static Measurement<long>[] PoolBytes(BufferPool pool)
    {
        var (total, kept) = (pool.Total, pool.Kept);
        return [new(total - kept, new KeyValuePair<string, object?>("state", "used")), new(kept, new KeyValuePair<string, object?>("state", "kept"))];
    }

    private static IEnumerable<Measurement<long>> Each(MemoryBudgets memory, Func<MemoryBudget, long> figure) =>
        memory.Pool.Budgets.Select(budget => new Measurement<long>(figure(budget), new KeyValuePair<string, object?>("budget", budget.Name)));
}
