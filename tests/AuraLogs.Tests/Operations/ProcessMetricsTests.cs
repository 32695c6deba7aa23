using AuraLogs.Operations.Metrics;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Operations;

public sealed class ProcessMetricsTests
{
    [Fact]
    public async Task The_process_figures_are_those_of_this_process()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        _ = new ProcessMetrics(meter);

        var snapshot = await metrics.CollectAsync(CancellationToken.None);

        Assert.InRange(snapshot.Sum("auralogs_process_resident_memory_bytes")!.Value, 10e6, 10e9);
        Assert.InRange(snapshot.Sum("auralogs_process_cpu_seconds_total")!.Value, 0.01, 100_000);
        Assert.InRange(snapshot.Sum("auralogs_process_threads")!.Value, 1, 10_000);
        Assert.InRange(snapshot.Sum("auralogs_process_open_handles")!.Value, 3, 1_000_000);
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - snapshot.Sum("auralogs_process_start_time_seconds")!.Value;
        Assert.InRange(age, 0, 24 * 3600);
        Assert.Equal(3, snapshot.Samples("auralogs_gc_collections_total").Count);
    }
}
