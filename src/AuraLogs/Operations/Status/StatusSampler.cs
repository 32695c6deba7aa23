using AuraLogs.Operations.Metrics;
using AuraLogs.Queue;
using AuraLogs.Telemetry;

namespace AuraLogs.Operations.Status;

/// <summary>
/// Takes a snapshot of the metrics each second. The last ten seconds of them give the rates of the status, and each second
/// leaves one point in the history.
/// </summary>
internal sealed class StatusSampler(MetricRegistry registry, Loops loops, TimeProvider time) : BackgroundService
{
    private const int SecondsOfRates = 10;
    private const int PointsOfHistory = 600;
    private const int SecondsOfGrowth = 60;
    private const int LeastSecondsOfGrowth = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _changing = new();
    private readonly Queue<(MetricSnapshot Metrics, long Timestamp)> _recent = new();
    private readonly Queue<HistoryPoint> _history = new();
    private (MetricSnapshot Metrics, long Timestamp) _latest = (MetricSnapshot.Empty, time.GetTimestamp());

    /// <summary>The latest snapshot against the one of ten seconds before (or the first one).</summary>
    public Window Recent
    {
        get
        {
            lock (_changing)
                return _recent.TryPeek(out var oldest) ? Between(oldest, _latest) : Between(_latest, _latest);
        }
    }

    /// <summary>See <see cref="FillForecast"/>; by the growth of the last minute.</summary>
    public double SecondsUntilFull
    {
        get
        {
            lock (_changing)
                return _history.Count < LeastSecondsOfGrowth ? double.PositiveInfinity : Forecast([.. _history.TakeLast(SecondsOfGrowth)]);
        }
    }

    public StatusHistory HistoryAfter(long unixSeconds)
    {
        lock (_changing)
            return StatusHistory.Of([.. _history.SkipWhile(point => point.At.ToUnixTimeSeconds() <= unixSeconds)]);
    }

    /// <summary>Takes one sample now.</summary>
    public async Task SampleAsync(CancellationToken cancellation)
    {
        var sample = (await registry.CollectAsync(cancellation), time.GetTimestamp());
        lock (_changing)
        {
            if (_recent.Count > 0)
                Add(_history, HistoryPoint.Of(Between(_latest, sample), time.GetUtcNow()), PointsOfHistory);
            Add(_recent, sample, SecondsOfRates + 1);
            _latest = sample;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAgainAsync(
        "status sampler", stopping => Loops.EveryAsync(Interval, time, SampleAsync, stopping, atOnce: true), stoppingToken);

    private double Forecast(HistoryPoint[] lastMinute)
    {
        var metrics = _latest.Metrics;
        var room = Math.Min(
            (metrics.Sum(QueueMetrics.MaxBytesName) ?? 0) - (metrics.Sum(QueueMetrics.DiskBytesName) ?? 0),
            metrics.Sum(QueueMetrics.FreeDiskBytesName) ?? double.PositiveInfinity);
        var growth = (lastMinute[^1].QueueBytes - lastMinute[0].QueueBytes) / (lastMinute[^1].At - lastMinute[0].At).TotalSeconds;
        return FillForecast.SecondsUntilFull(room, growth);
    }

    private Window Between((MetricSnapshot Metrics, long Timestamp) before, (MetricSnapshot Metrics, long Timestamp) now) =>
        new(before.Metrics, now.Metrics, time.GetElapsedTime(before.Timestamp, now.Timestamp));

    private static void Add<T>(Queue<T> queue, T item, int most)
    {
        if (queue.Count == most)
            queue.Dequeue();
        queue.Enqueue(item);
    }
}
