using System.Buffers;
using System.Globalization;
using System.Text;

namespace AuraLogs.Operations.Metrics;

/// <summary>
/// Reads what prometheus-net writes: the text format, version 0.0.4 (prometheus.io, "Exposition formats"). A metric's type stands before
/// its samples; of a histogram the sum comes first, then the count, then the buckets. Remembers each series by its text, so that
/// only numbers are read when it comes again. One reader at a time.
/// </summary>
internal sealed class MetricTextReader
{
    private const string TypeLine = "# TYPE ";
    private const string HistogramType = " histogram";

    private readonly Dictionary<string, Series> _known = new(StringComparer.Ordinal);

    private enum Part
    {
        Value,
        Sum,
        Count,
        Bucket,
    }

    public MetricSnapshot Read(ReadOnlySpan<byte> text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return Read(buffer.AsSpan(0, Encoding.UTF8.GetChars(text, buffer)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private MetricSnapshot Read(ReadOnlySpan<char> text)
    {
        var metrics = new Dictionary<string, List<MetricSample>>(StringComparer.Ordinal);
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        var isHistogram = false;
        foreach (var range in text.Split('\n'))
        {
            var line = text[range];
            if (line.StartsWith(TypeLine, StringComparison.Ordinal))
                isHistogram = line.EndsWith(HistogramType, StringComparison.Ordinal);
            if (line.IsEmpty || line[0] == '#')
                continue;
            var space = line.LastIndexOf(' ');
            if (!known.TryGetValue(line[..space], out var series))
            {
                series = SeriesOf(line[..space], isHistogram);
                known[line[..space]] = series;
            }

            Add(metrics, series, NumberOf(line[(space + 1)..]));
        }

        return new MetricSnapshot(metrics);
    }

    private static void Add(Dictionary<string, List<MetricSample>> metrics, Series series, double value)
    {
        if (!metrics.TryGetValue(series.Metric, out var samples))
            metrics[series.Metric] = samples = [];
        switch (series.Part)
        {
            case Part.Value:
                samples.Add(new MetricSample(series.Labels, value));
                break;
            case Part.Sum:
                samples.Add(new MetricSample(series.Labels, value, []));
                break;
            case Part.Bucket:
                samples[^1].Buckets!.Add(new HistogramBucket(series.UpperBound, (long)value));
                break;
        }
    }

    private static Series SeriesOf(ReadOnlySpan<char> text, bool isHistogram)
    {
        var brace = text.IndexOf('{');
        var name = (brace < 0 ? text : text[..brace]).ToString();
        var labels = brace < 0 ? [] : LabelsOf(text[(brace + 1)..^1]);
        if (!isHistogram)
            return new Series(name, Part.Value, labels, 0);
        var suffix = name.LastIndexOf('_');
        return name[suffix..] switch
        {
            "_sum" => new Series(name[..suffix], Part.Sum, labels, 0),
            "_count" => new Series(name[..suffix], Part.Count, labels, 0),
            _ => new Series(name[..suffix], Part.Bucket, [], NumberOf(labels[^1].Value)),
        };
    }

    // name="value", with \\, \" and \n escaped in the value.
    private static List<KeyValuePair<string, string>> LabelsOf(ReadOnlySpan<char> text)
    {
        var labels = new List<KeyValuePair<string, string>>();
        while (!text.IsEmpty)
        {
            var equals = text.IndexOf('=');
            var value = new StringBuilder();
            var i = equals + 2;
            for (; text[i] != '"'; i++)
                value.Append(text[i] != '\\' ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
            labels.Add(new(text[..equals].ToString(), value.ToString()));
            text = text[Math.Min(i + 2, text.Length)..];
        }

        return labels;
    }

    // A bound is +Inf, a value is Infinity: Go's ParseFloat, which the format refers to, reads both.
    private static double NumberOf(ReadOnlySpan<char> text) => text is "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Series(string Metric, Part Part, IReadOnlyList<KeyValuePair<string, string>> Labels, double UpperBound);
}
