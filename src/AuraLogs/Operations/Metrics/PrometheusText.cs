using System.Buffers;
using System.Globalization;
using System.Text;

namespace AuraLogs.Operations.Metrics;

/// <summary>
/// Prometheus' text format, version 0.0.4 (prometheus.io, "Exposition formats"). For each family:
/// <code>
/// # HELP name help            escaped: \ and line feed
/// # TYPE name counter|gauge|histogram
/// name{label="value",...} number      escaped in the value: \, " and line feed
/// </code>
/// A histogram has <c>name_bucket</c> with <c>le</c> last and cumulative, then <c>name_sum</c> and <c>name_count</c>.
/// A family is written once, all its samples together; every line ends with a line feed.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Write(MetricSnapshot snapshot, IBufferWriter<byte> output)
    {
        var text = new StringBuilder(32 * 1024);
        foreach (var family in snapshot.Families)
            Append(text, family);
        foreach (var chunk in text.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, output);
    }

    private static void Append(StringBuilder text, MetricFamily family)
    {
        text.Append("# HELP ").Append(family.Name).Append(' ');
        AppendEscaped(text, family.Help, quotes: false);
        text.Append("\n# TYPE ").Append(family.Name).Append(' ').Append(TypeOf(family.Kind)).Append('\n');
        foreach (var sample in family.Samples)
        {
            if (sample.Buckets is { } buckets)
                AppendHistogram(text, family.Name, sample, buckets);
            else
                AppendLine(text, family.Name, "", sample.Labels, upperBound: null, sample.Value);
        }
    }

    private static void AppendHistogram(StringBuilder text, string name, MetricSample sample, IReadOnlyList<HistogramBucket> buckets)
    {
        foreach (var bucket in buckets)
            AppendLine(text, name, "_bucket", sample.Labels, bucket.UpperBound, bucket.CumulativeCount);
        AppendLine(text, name, "_sum", sample.Labels, upperBound: null, sample.Value);
        AppendLine(text, name, "_count", sample.Labels, upperBound: null, sample.Count);
    }

    private static void AppendLine(
        StringBuilder text,
        string name,
        string suffix,
        IReadOnlyList<KeyValuePair<string, string>> labels,
        double? upperBound,
        double value)
    {
        text.Append(name).Append(suffix);
        if (labels.Count > 0 || upperBound is not null)
        {
            text.Append('{');
            var separator = "";
            foreach (var (label, labelValue) in labels)
            {
                text.Append(separator);
                AppendLabelName(text, label);
                text.Append("=\"");
                AppendEscaped(text, labelValue, quotes: true);
                text.Append('"');
                separator = ",";
            }

            if (upperBound is { } bound)
                text.Append(separator).Append("le=\"").Append(NumberOf(bound)).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(NumberOf(value)).Append('\n');
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string NumberOf(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    // A label's name is [a-zA-Z_][a-zA-Z0-9_]*; the SDK's own otel.metric.overflow has dots.
    private static void AppendLabelName(StringBuilder text, string name)
    {
        foreach (var c in name)
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
    }

    private static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }
}
