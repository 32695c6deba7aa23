using System.Globalization;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>
/// Date math: <c>math = "now" *(("+" / "-") [1*DIGIT] unit / "/" unit)</c>, unit one of <c>y M w d h H m s</c>.
/// https://www.elastic.co/guide/en/elasticsearch/reference/current/common-options.html#date-math
/// </summary>
internal static class DateMath
{
    public static DateTimeOffset Evaluate(string math, DateTimeOffset now, TimeSpan zone, bool roundUp)
    {
        if (!math.StartsWith("now", StringComparison.Ordinal))
            throw Errors.Parse($"failed to parse date math [{math}]");
        return Apply(now, math.AsSpan(3), zone, roundUp);
    }

    /// <summary>Applies the operations after the anchor.</summary>
    public static DateTimeOffset Apply(DateTimeOffset anchor, ReadOnlySpan<char> operations, TimeSpan zone, bool roundUp)
    {
        DateTimeOffset at = anchor.ToOffset(zone);
        while (!operations.IsEmpty)
        {
            char operation = operations[0];
            operations = operations[1..];
            int digits = 0;
            while (digits < operations.Length && char.IsAsciiDigit(operations[digits]))
                digits++;
            int amount = digits == 0 ? 1 : int.Parse(operations[..digits], CultureInfo.InvariantCulture);
            if (digits >= operations.Length || operation is not ('+' or '-' or '/'))
                throw Errors.Parse($"operator not supported for date math [{operation}{operations}]");
            char unit = operations[digits];
            operations = operations[(digits + 1)..];
            at = operation == '/' ? Round(at, unit, roundUp) : Add(at, operation == '-' ? -amount : amount, unit);
        }

        return at.ToUniversalTime();
    }

    private static DateTimeOffset Add(DateTimeOffset at, int amount, char unit) => unit switch
    {
        'y' => at.AddYears(amount),
        'M' => at.AddMonths(amount),
        'w' => at.AddDays(7 * amount),
        'd' => at.AddDays(amount),
        'h' or 'H' => at.AddHours(amount),
        'm' => at.AddMinutes(amount),
        's' => at.AddSeconds(amount),
        _ => throw UnknownUnit(unit),
    };

    private static DateTimeOffset Round(DateTimeOffset at, char unit, bool up)
    {
        DateTimeOffset floor = Floor(at, unit);
        return up ? Add(floor, 1, unit).AddMilliseconds(-1) : floor;
    }

    private static DateTimeOffset Floor(DateTimeOffset at, char unit) => unit switch
    {
        'y' => new DateTimeOffset(at.Year, 1, 1, 0, 0, 0, at.Offset),
        'M' => new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, at.Offset),
        'w' => new DateTimeOffset(at.Date, at.Offset).AddDays(-(((int)at.DayOfWeek + 6) % 7)),
        'd' => new DateTimeOffset(at.Date, at.Offset),
        'h' or 'H' => new DateTimeOffset(at.Date, at.Offset).AddHours(at.Hour),
        'm' => new DateTimeOffset(at.Date, at.Offset).AddMinutes((at.Hour * 60) + at.Minute),
        's' => new DateTimeOffset(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond), at.Offset),
        _ => throw UnknownUnit(unit),
    };

    private static ElasticsearchException UnknownUnit(char unit) => Errors.Parse($"unit [{unit}] not supported for date math");
}
