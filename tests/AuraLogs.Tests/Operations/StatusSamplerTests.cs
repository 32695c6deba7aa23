using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Operations;

public sealed class StatusSamplerTests : IDisposable
{
    private readonly AuraLogsMeter _meter = new();
    private readonly MetricRegistry _metrics;
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly StatusSampler _sampler;

    public StatusSamplerTests()
    {
        _metrics = TestMetrics.Of(_meter);
        _sampler = new StatusSampler(_metrics, TestLoops.New(), _time);
    }

    [Fact]
    public async Task Rates_are_those_of_the_last_ten_seconds()
    {
        var events = _meter.CreateCounter<long>("auralogs_forward_events_total");
        await _sampler.SampleAsync(CancellationToken.None);
        for (var second = 0; second < 30; second++)
        {
            events.Add(second < 20 ? 1000 : 50);
            await SecondAsync();
        }

        Assert.Equal(50, _sampler.Recent.PerSecond("auralogs_forward_events_total"), 3);
    }

    [Fact]
    public async Task The_history_has_a_point_a_second_and_only_what_is_new_when_asked_so()
    {
        var events = _meter.CreateCounter<long>("auralogs_forward_events_total");
        await _sampler.SampleAsync(CancellationToken.None);
        for (var second = 1; second <= 700; second++)
        {
            events.Add(second);
            await SecondAsync();
        }

        var all = _sampler.HistoryAfter(0);
        Assert.Equal(600, all.EventsIn.Count);
        Assert.Equal(700, all.EventsIn[^1]);
        Assert.Equal(101, all.EventsIn[0]);
        Assert.Equal([699.0, 700.0], _sampler.HistoryAfter(all.UnixSeconds[^3]).EventsIn);
    }

    [Fact]
    public async Task Latencies_are_those_of_the_window_and_not_of_before()
    {
        var seconds = _meter.CreateSecondsHistogram("auralogs_forward_ack_seconds", "");
        await _sampler.SampleAsync(CancellationToken.None);
        seconds.Record(60);
        for (var second = 0; second < 20; second++)
            await SecondAsync();
        for (var i = 0; i < 100; i++)
            seconds.Record(0.004);
        await SecondAsync();

        var latency = _sampler.Recent.LatencyOf("auralogs_forward_ack_seconds");
        Assert.InRange(latency.P99!.Value, 0.0025, 0.005);
        Assert.Null(_sampler.Recent.LatencyOf("auralogs_indexing_bulk_seconds").P99);
    }

    [Fact]
    public async Task A_queue_that_grows_is_forecast_by_its_growth()
    {
        long pending = 0;
        _meter.CreateObservableGauge("auralogs_queue_pending_bytes", () => pending);
        _meter.CreateObservableGauge("auralogs_queue_disk_bytes", () => pending);
        _meter.CreateObservableGauge("auralogs_queue_max_bytes", () => 10_000_000L);
        await _sampler.SampleAsync(CancellationToken.None);
        Assert.Equal(double.PositiveInfinity, _sampler.SecondsUntilFull);
        for (var second = 0; second < 60; second++)
        {
            pending += 10_000;
            await SecondAsync();
        }

        Assert.Equal(940, _sampler.SecondsUntilFull, 1.0);

        for (var second = 0; second < 60; second++)
            await SecondAsync();
        Assert.Equal(double.PositiveInfinity, _sampler.SecondsUntilFull);
    }

    public void Dispose()
    {
        _sampler.Dispose();
        _metrics.Dispose();
        _meter.Dispose();
    }

    private async Task SecondAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await _sampler.SampleAsync(CancellationToken.None);
    }
}
