using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace AuraLogs.Operations.Metrics;

/// <summary>An instrument of the meter as a metric of prometheus-net: the same name, its description as the help, its tags as labels.</summary>
internal abstract class ExposedInstrument
{
    /// <summary>Takes a measurement; one of labels that were there before allocates nothing.</summary>
    public abstract void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Shows no series until each is measured again.</summary>
    public abstract void Hide();

    /// <exception cref="NotSupportedException">The instrument is of a kind that nothing here uses.</exception>
    public static ExposedInstrument Of(Instrument instrument, IMetricFactory factory)
    {
        var (name, help) = (instrument.Name, instrument.Description ?? "");
        if (help.AsSpan().ContainsAny('\\', '\n'))
            throw new NotSupportedException($"The help of {name} has a character that prometheus-net does not escape.");
        var kind = instrument.GetType().GetGenericTypeDefinition();
        if (kind == typeof(Counter<>))
            return new Exposed<Counter.Child>(labels => factory.CreateCounter(name, help, labels), (series, value) => series.Inc(value));
        if (kind == typeof(ObservableCounter<>))
            return new Exposed<Counter.Child>(labels => factory.CreateCounter(name, help, labels), (series, value) => series.IncTo(value));
        if (kind == typeof(UpDownCounter<>))
            return new Exposed<Gauge.Child>(labels => factory.CreateGauge(name, help, labels), (series, value) => series.Inc(value));
        if (kind == typeof(ObservableGauge<>))
            return new Exposed<Gauge.Child>(labels => factory.CreateGauge(name, help, labels), (series, value) => series.Set(value));
        if (instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds })
        {
            var configuration = new HistogramConfiguration { Buckets = [.. bounds] };
            return new Exposed<Histogram.Child>(labels => factory.CreateHistogram(name, help, labels, configuration), (series, value) => series.Observe(value));
        }

        throw new NotSupportedException($"{name} is of a kind that /metrics does not show: {instrument.GetType()}.");
    }

    private sealed class Exposed<TSeries>(Func<string[], Collector<TSeries>> create, Action<TSeries, double> take) : ExposedInstrument
        where TSeries : ChildBase
    {
        // More sets of labels than any instrument has: what a broken cluster answers (the type of an error, say) must not fill the memory.
        private const int MostSeries = 1000;
        private const string Others = "other";

        // By the values of its labels: an instrument always has the same ones, in the same order.
        private readonly ConcurrentDictionary<string, TSeries> _series = new(StringComparer.Ordinal);

        public override void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = tags switch
            {
                [] => "",
                [var tag] => TextOf(tag.Value),
                _ => string.Join('\0', ValuesOf(tags)),
            };
            take(_series.TryGetValue(key, out var series) ? series : Add(key, tags), value);
        }

        public override void Hide()
        {
            foreach (var (_, series) in _series)
                series.Unpublish();
        }

        private TSeries Add(string key, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var collector = create(NamesOf(tags));
            if (tags.IsEmpty)
                return _series.GetOrAdd(key, ((ICollector<TSeries>)collector).Unlabelled);
            if (_series.Count < MostSeries)
                return _series.GetOrAdd(key, collector.WithLabels(ValuesOf(tags)));
            var others = new string[tags.Length];
            Array.Fill(others, Others);
            return _series.GetOrAdd(string.Join('\0', others), collector.WithLabels(others));
        }

        private static string[] NamesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var names = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++)
                names[i] = tags[i].Key;
            return names;
        }

        private static string[] ValuesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++)
                values[i] = TextOf(tags[i].Value);
            return values;
        }

        private static string TextOf(object? value) => value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }
}
