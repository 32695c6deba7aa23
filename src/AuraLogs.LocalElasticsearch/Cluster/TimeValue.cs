using System.Globalization;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>Durations as Elasticsearch spells them: <c>10m</c>, <c>7d</c>, <c>0ms</c>.</summary>
internal static class TimeValue
{
    private static readonly (string Unit, double Millis)[] Units =
        [("nanos", 1e-6), ("micros", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    public static TimeSpan Parse(string text, string setting) =>
        TryParse(text, out TimeSpan value)
            ? value
            : throw Errors.IllegalArgument($"failed to parse setting [{setting}] with value [{text}] as a time value: unit is missing or unrecognized");

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        string trimmed = text.Trim();
        if (trimmed is "0" or "-1")
        {
            value = trimmed == "0" ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
            return true;
        }

        foreach ((string unit, double millis) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!long.TryParse(trimmed.AsSpan(0, trimmed.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long amount))
                continue;
            value = TimeSpan.FromMilliseconds(Math.Min(amount * millis, 1e14));
            return true;
        }

        return false;
    }

    /// <summary>The largest unit that leaves at least one, with up to two decimals: <c>1.66m</c>.</summary>
    public static string Format(TimeSpan value)
    {
        double millis = value.TotalMilliseconds;
        foreach ((string unit, double size) in Units.Reverse())
            if (size >= 1 && millis >= size)
                return (Math.Floor(millis / size * 100) / 100).ToString("0.##", CultureInfo.InvariantCulture) + unit;
        return "0s";
    }
}
