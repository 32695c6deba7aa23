using System.Globalization;
using System.Text;

namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>
/// The formats of a date field, tried from left to right: named ones, and Java patterns.
/// Names: https://www.elastic.co/guide/en/elasticsearch/reference/current/mapping-date-format.html
/// </summary>
internal sealed class DateFormat
{
    public const string Default = "strict_date_optional_time||epoch_millis";

    private static readonly Dictionary<string, DateFormat> Known = [];

    private readonly string[] _formats;

    private DateFormat(string text)
    {
        Text = text;
        _formats = text.Split("||");
    }

    public string Text { get; }

    public static DateFormat Parse(string text)
    {
        lock (Known)
        {
            if (Known.TryGetValue(text, out DateFormat? format))
                return format;
            format = new DateFormat(text);
            if (Known.Count < 1000)
                Known[text] = format;
            return format;
        }
    }

    /// <summary>The instant in nanoseconds since 1970, UTC.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out Int128 nanos, TimeSpan zone = default, bool roundUp = false)
    {
        foreach (string format in _formats)
            if (TryParse(format, text, zone, roundUp, out nanos))
                return true;
        nanos = 0;
        return false;
    }

    /// <summary>Writes an instant in the first of the formats.</summary>
    public string Format(long millis, TimeSpan zone = default)
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(millis).ToOffset(zone);
        string suffix = zone == TimeSpan.Zero ? "Z" : at.ToString("zzz", CultureInfo.InvariantCulture);
        return _formats[0] switch
        {
            "epoch_millis" => millis.ToString(CultureInfo.InvariantCulture),
            "epoch_second" => (millis / 1000).ToString(CultureInfo.InvariantCulture),
            string named when IsIso(named) => at.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture) + suffix,
            "date" or "strict_date" => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "basic_date" => at.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            string pattern => at.ToString(ToDotNet(pattern), CultureInfo.InvariantCulture),
        };
    }

    private static bool IsIso(string format) => format is "strict_date_optional_time" or "date_optional_time"
        or "strict_date_optional_time_nanos" or "strict_date_time" or "date_time" or "iso8601";

    private static bool TryParse(string format, ReadOnlySpan<char> text, TimeSpan zone, bool roundUp, out Int128 nanos)
    {
        switch (format)
        {
            case "epoch_millis":
                bool isMillis = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long millis);
                nanos = (Int128)millis * 1_000_000;
                return isMillis;
            case "epoch_second":
                bool isSeconds = decimal.TryParse(
                    text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
                isSeconds &= Math.Abs(seconds) < 1_000_000_000_000_000m;
                nanos = isSeconds ? (Int128)(seconds * 1_000_000_000m) : 0;
                return isSeconds;
            case string named when IsIso(named):
                return Iso8601.TryParse(text, zone, roundUp, out nanos);
            default:
                string pattern = format switch { "date" or "strict_date" => "yyyy-MM-dd", "basic_date" => "yyyyMMdd", _ => ToDotNet(format) };
                bool isDate = DateTimeOffset.TryParseExact(
                    text, pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at);
                nanos = isDate ? (Int128)(at.UtcTicks - DateTime.UnixEpoch.Ticks) * 100 : 0;
                return isDate;
        }
    }

    /// <summary>Java's pattern letters that .NET spells otherwise.</summary>
    private static string ToDotNet(string pattern)
    {
        StringBuilder text = new(pattern.Replace("uuuu", "yyyy", StringComparison.Ordinal).Replace("''", "\\'", StringComparison.Ordinal));
        return text.Replace("SSSSSSSSS", "fffffff").Replace("SSSSSS", "ffffff").Replace("SSS", "fff").Replace("XXX", "zzz")
            .Replace("xxx", "zzz").Replace("Z", "zzz").Replace("X", "zzz").Replace("EEE", "ddd").Replace("a", "tt").ToString();
    }
}
