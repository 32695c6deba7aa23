using System.Diagnostics.Metrics;

namespace AuraLogs.Telemetry;

/// <summary>
/// The one meter of the process; every stage's metrics class creates its instruments on it. An instrument is named exactly
/// as Prometheus sees it, nothing is translated: <c>auralogs_</c>, the stage, what is measured, the base unit
/// (<c>_seconds</c>, <c>_bytes</c>), and <c>_total</c> when it only grows. Tags become labels, so each tag's values are a
/// small fixed set: never an address, an index or anything that a sender chooses.
/// </summary>
internal sealed class AuraLogsMeter() : Meter(MeterName)
{
    public const string MeterName = "AuraLogs";

    // From half a millisecond (a commit on a good NVMe disk) to two minutes (Elasticsearch's slowest answers), about three a decade.
    private static readonly double[] SecondsBuckets =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    /// <summary>A histogram of durations in seconds, for a name that ends in <c>_seconds</c>.</summary>
    public Histogram<double> CreateSecondsHistogram(string name, string description) =>
        CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBuckets });
}
