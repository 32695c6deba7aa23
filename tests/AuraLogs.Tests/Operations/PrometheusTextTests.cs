using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using AuraLogs.Operations.Metrics;
using AuraLogs.Telemetry;

namespace AuraLogs.Tests.Operations;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_counter_has_help_type_and_a_line_for_each_set_of_labels()
    {
        using var meter = new AuraLogsMeter();
        using var collector = new MetricCollector(meter);
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
            Expose(collector));
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_up_to_infinity_its_sum_and_its_count()
    {
        using var meter = new AuraLogsMeter();
        using var collector = new MetricCollector(meter);
        var sizes = meter.CreateSizeHistogram("auralogs_test_bytes", "By", "Sizes.", 10, 100);
        foreach (var size in new[] { 1L, 10, 11, 1000 })
            sizes.Record(size, new KeyValuePair<string, object?>("way", "in"));

        Assert.Equal(
            """
            # HELP auralogs_test_bytes Sizes.
            # TYPE auralogs_test_bytes histogram
            auralogs_test_bytes_bucket{way="in",le="10"} 2
            auralogs_test_bytes_bucket{way="in",le="100"} 3
            auralogs_test_bytes_bucket{way="in",le="+Inf"} 4
            auralogs_test_bytes_sum{way="in"} 1022
            auralogs_test_bytes_count{way="in"} 4

            """,
            Expose(collector));
    }

    [Fact]
    public void Backslashes_quotes_and_line_feeds_are_escaped_where_the_format_says_so()
    {
        using var meter = new AuraLogsMeter();
        using var collector = new MetricCollector(meter);
        meter.CreateObservableGauge(
            "auralogs_test_info",
            () => new Measurement<double>(0.5, new KeyValuePair<string, object?>("path", "C:\\logs\n\"x\"")),
            description: "A \\ and a\nline feed, \"quotes\" stay.");

        Assert.Equal(
            "# HELP auralogs_test_info A \\\\ and a\\nline feed, \"quotes\" stay.\n"
            + "# TYPE auralogs_test_info gauge\n"
            + "auralogs_test_info{path=\"C:\\\\logs\\n\\\"x\\\"\"} 0.5\n",
            Expose(collector));
    }

    [Fact]
    public void Numbers_are_written_so_that_they_read_back_the_same()
    {
        using var meter = new AuraLogsMeter();
        using var collector = new MetricCollector(meter);
        meter.CreateObservableGauge("auralogs_test_a", () => double.PositiveInfinity);
        meter.CreateObservableGauge("auralogs_test_b", () => double.NaN);
        meter.CreateObservableGauge("auralogs_test_c", () => 1.0 / 3);
        meter.CreateObservableGauge("auralogs_test_d", () => 9_007_199_254_740_991L);

        var lines = Expose(collector).Split('\n').Where(line => line.StartsWith("auralogs", StringComparison.Ordinal));

        Assert.Equal(
            ["auralogs_test_a +Inf", "auralogs_test_b NaN", "auralogs_test_c 0.3333333333333333", "auralogs_test_d 9007199254740991"],
            lines);
    }

    [Fact]
    public void A_collector_sees_the_instruments_of_its_own_meter_only()
    {
        using var meter = new AuraLogsMeter();
        using var other = new AuraLogsMeter();
        using var collector = new MetricCollector(meter);
        meter.CreateCounter<long>("auralogs_test_mine_total").Add(1);
        other.CreateCounter<long>("auralogs_test_other_total").Add(1);

        Assert.Equal(["auralogs_test_mine_total"], collector.Collect().Families.Select(family => family.Name));
    }

    private static string Expose(MetricCollector collector)
    {
        var output = new ArrayBufferWriter<byte>();
        PrometheusText.Write(collector.Collect(), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
