using System.Diagnostics.Metrics;
using System.Text;
using AuraLogs.Operations.Metrics;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Operations;

public sealed class MetricRegistryTests
{
    [Fact]
    public async Task It_ends_after_the_collection_under_way_and_begins_no_other()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var began = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var collecting = metrics.AloneAsync(
            _ =>
            {
                began.SetResult();
                return goOn.Task;
            },
            text => text.Length,
            CancellationToken.None);
        await began.Task;

        var ending = Task.Run(metrics.Dispose);
        Assert.False(ending.IsCompleted);
        goOn.SetResult();
        await collecting.WaitAsync(TimeSpan.FromSeconds(60));
        await ending.WaitAsync(TimeSpan.FromSeconds(60));

        using var stopping = new CancellationTokenSource();
        var late = metrics.CollectAsync(stopping.Token);
        Assert.False(late.IsCompleted);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
    }

    [Fact]
    public async Task A_counter_has_help_type_and_a_line_for_each_set_of_labels()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var events = meter.CreateCounter<long>("auralogs_test_events_total", "{event}", "Events, by result.");
        events.Add(3, new KeyValuePair<string, object?>("result", "indexed"));
        events.Add(4, new KeyValuePair<string, object?>("result", "duplicate"));
        events.Add(5, new KeyValuePair<string, object?>("result", "indexed"));

        Assert.Equal(
            """
            # HELP auralogs_test_events_total Events, by result.
            # TYPE auralogs_test_events_total counter
            auralogs_test_events_total{result="indexed"} 8
            auralogs_test_events_total{result="duplicate"} 4

            """,
            await TextAsync(metrics));
    }

    [Fact]
    public async Task A_histogram_has_its_sum_its_count_and_cumulative_buckets_up_to_infinity()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var seconds = meter.CreateSecondsHistogram("auralogs_test_seconds", "Durations.");
        foreach (var second in new[] { 0.0005, 0.03, 0.05, 1000 })
            seconds.Record(second, new KeyValuePair<string, object?>("way", "in"));

        Assert.Equal(
            """
            # HELP auralogs_test_seconds Durations.
            # TYPE auralogs_test_seconds histogram
            auralogs_test_seconds_sum{way="in"} 1000.0805
            auralogs_test_seconds_count{way="in"} 4
            auralogs_test_seconds_bucket{way="in",le="0.0005"} 1
            auralogs_test_seconds_bucket{way="in",le="0.001"} 1
            auralogs_test_seconds_bucket{way="in",le="0.0025"} 1
            auralogs_test_seconds_bucket{way="in",le="0.005"} 1
            auralogs_test_seconds_bucket{way="in",le="0.01"} 1
            auralogs_test_seconds_bucket{way="in",le="0.025"} 1
            auralogs_test_seconds_bucket{way="in",le="0.05"} 3
            auralogs_test_seconds_bucket{way="in",le="0.1"} 3
            auralogs_test_seconds_bucket{way="in",le="0.25"} 3
            auralogs_test_seconds_bucket{way="in",le="0.5"} 3
            auralogs_test_seconds_bucket{way="in",le="1"} 3
            auralogs_test_seconds_bucket{way="in",le="2.5"} 3
            auralogs_test_seconds_bucket{way="in",le="5"} 3
            auralogs_test_seconds_bucket{way="in",le="10"} 3
            auralogs_test_seconds_bucket{way="in",le="30"} 3
            auralogs_test_seconds_bucket{way="in",le="60"} 3
            auralogs_test_seconds_bucket{way="in",le="120"} 3
            auralogs_test_seconds_bucket{way="in",le="+Inf"} 4

            """,
            await TextAsync(metrics));

        var sample = Assert.Single((await metrics.CollectAsync(CancellationToken.None)).Samples("auralogs_test_seconds"));
        Assert.Equal(1000.0805, sample.Value);
        Assert.Equal([new KeyValuePair<string, string>("way", "in")], sample.Labels);
        Assert.Equal(18, sample.Buckets!.Count);
        Assert.Equal(new HistogramBucket(0.05, 3), sample.Buckets[6]);
        Assert.Equal(new HistogramBucket(double.PositiveInfinity, 4), sample.Buckets[^1]);
    }

    [Fact]
    public async Task Every_kind_of_instrument_has_the_type_that_Prometheus_calls_it()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var open = meter.CreateUpDownCounter<long>("auralogs_test_open", "{connection}", "Open ones.");
        open.Add(2);
        open.Add(-1);
        meter.CreateObservableCounter("auralogs_test_cpu_seconds_total", () => 2.5, "s", "Processor time.");
        meter.CreateObservableGauge("auralogs_test_full", () => 1, null, "Whether it is full.");

        Assert.Equal(
            """
            # HELP auralogs_test_open Open ones.
            # TYPE auralogs_test_open gauge
            auralogs_test_open 1
            # HELP auralogs_test_cpu_seconds_total Processor time.
            # TYPE auralogs_test_cpu_seconds_total counter
            auralogs_test_cpu_seconds_total 2.5
            # HELP auralogs_test_full Whether it is full.
            # TYPE auralogs_test_full gauge
            auralogs_test_full 1

            """,
            await TextAsync(metrics));
    }

    [Fact]
    public async Task Backslashes_quotes_and_line_feeds_are_escaped_and_read_back()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        meter.CreateObservableGauge(
            "auralogs_test_info",
            () => new Measurement<double>(0.5, new("path", "C:\\logs\n\"x\", {y}"), new("code", 404)),
            description: "In a \"sentence\".");

        Assert.Equal(
            "# HELP auralogs_test_info In a \"sentence\".\n"
            + "# TYPE auralogs_test_info gauge\n"
            + "auralogs_test_info{path=\"C:\\\\logs\\n\\\"x\\\", {y}\",code=\"404\"} 0.5\n",
            await TextAsync(metrics));
        Assert.Equal(
            [new("path", "C:\\logs\n\"x\", {y}"), new("code", "404")],
            Assert.Single((await metrics.CollectAsync(CancellationToken.None)).Samples("auralogs_test_info")).Labels);
    }

    [Fact]
    public async Task Numbers_are_written_so_that_they_read_back_the_same()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        double[] numbers = [double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1.0 / 3, 9_007_199_254_740_991, 1e300, 5e-324, -0.25];
        for (var i = 0; i < numbers.Length; i++)
        {
            var number = numbers[i];
            meter.CreateObservableGauge($"auralogs_test_{i}", () => number);
        }

        var snapshot = await metrics.CollectAsync(CancellationToken.None);
        Assert.Equal(numbers, numbers.Select((_, i) => snapshot.Sum($"auralogs_test_{i}")!.Value));
    }

    [Fact]
    public async Task What_is_no_longer_observed_is_no_longer_shown_and_comes_back_when_it_is()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        string[] codes = ["disk-full", "slow"];
        meter.CreateObservableGauge("auralogs_test_problems", () => codes.Select(code => new Measurement<int>(1, new KeyValuePair<string, object?>("code", code))));

        Assert.Equal(["disk-full", "slow"], await CodesAsync());
        codes = ["slow"];
        Assert.Equal(["slow"], await CodesAsync());
        codes = [];
        Assert.Empty(await CodesAsync());
        codes = ["disk-full"];
        Assert.Equal(["disk-full"], await CodesAsync());

        async Task<IEnumerable<string>> CodesAsync() =>
            (await metrics.CollectAsync(CancellationToken.None)).Samples("auralogs_test_problems").Select(sample => sample.Labels[0].Value);
    }

    [Fact]
    public async Task A_metric_that_cannot_be_read_takes_no_other_with_it()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        meter.CreateObservableGauge("auralogs_test_broken", int () => throw new IOException("Too many open files"));
        meter.CreateObservableGauge("auralogs_test_whole", () => 3);

        var snapshot = await metrics.CollectAsync(CancellationToken.None);

        Assert.Null(snapshot.Sum("auralogs_test_broken"));
        Assert.Equal(3, snapshot.Sum("auralogs_test_whole"));
    }

    [Fact]
    public async Task Labels_without_end_end_in_one_that_says_other()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var errors = meter.CreateCounter<long>("auralogs_test_errors_total");
        for (var i = 0; i < 5000; i++)
            errors.Add(1, new KeyValuePair<string, object?>("reason", $"error {i}"));

        var snapshot = await metrics.CollectAsync(CancellationToken.None);

        Assert.Equal(5000, snapshot.Sum("auralogs_test_errors_total"));
        Assert.Equal(1001, snapshot.Samples("auralogs_test_errors_total").Count);
        Assert.Equal(4000, snapshot.Sum("auralogs_test_errors_total", "reason", "other"));
    }

    [Fact]
    public async Task Measurements_of_many_threads_are_all_counted()
    {
        using var meter = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        var events = meter.CreateCounter<long>("auralogs_test_events_total");
        var seconds = meter.CreateSecondsHistogram("auralogs_test_seconds", "");
        await Parallel.ForAsync(0, 8, async (thread, cancellation) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                events.Add(1, new KeyValuePair<string, object?>("result", i % 3 == 0 ? "indexed" : "duplicate"));
                seconds.Record(0.2);
                if (i % 250 == thread)
                    await metrics.CollectAsync(cancellation);
            }
        });

        var snapshot = await metrics.CollectAsync(CancellationToken.None);

        Assert.Equal(8000, snapshot.Sum("auralogs_test_events_total"));
        Assert.Equal(8 * 334, snapshot.Sum("auralogs_test_events_total", "result", "indexed"));
        Assert.Equal(8000, snapshot.Samples("auralogs_test_seconds")[0].Buckets![^1].CumulativeCount);
    }

    [Fact]
    public async Task A_registry_sees_the_instruments_of_its_own_meter_only()
    {
        using var meter = new AuraLogsMeter();
        using var other = new AuraLogsMeter();
        using var metrics = TestMetrics.Of(meter);
        meter.CreateCounter<long>("auralogs_test_mine_total").Add(1);
        other.CreateCounter<long>("auralogs_test_other_total").Add(1);

        var snapshot = await metrics.CollectAsync(CancellationToken.None);

        Assert.Equal(1, snapshot.Sum("auralogs_test_mine_total"));
        Assert.Null(snapshot.Sum("auralogs_test_other_total"));
    }

    private static Task<string> TextAsync(MetricRegistry metrics) => metrics.AloneAsync(
        text => metrics.Exposed.CollectAndExportAsTextAsync(text), text => Encoding.UTF8.GetString(text), CancellationToken.None);
}
