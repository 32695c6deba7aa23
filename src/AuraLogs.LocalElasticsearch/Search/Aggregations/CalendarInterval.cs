using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>The intervals of a date histogram: of a fixed length, or by the calendar of a time zone.</summary>
internal sealed class CalendarInterval
{
    private static readonly Dictionary<string, char> Units = new()
    {
        ["second"] = 's',
        ["1s"] = 's',
        ["minute"] = 'm',
        ["1m"] = 'm',
        ["hour"] = 'h',
        ["1h"] = 'h',
        ["day"] = 'd',
        ["1d"] = 'd',
        ["week"] = 'w',
        ["1w"] = 'w',
        ["month"] = 'M',
        ["1M"] = 'M',
        ["quarter"] = 'q',
        ["1q"] = 'q',
        ["year"] = 'y',
        ["1y"] = 'y',
    };

    private readonly char? _unit;
    private readonly long _millis;
    private readonly Func<DateTimeOffset, TimeSpan> _zone;

    public CalendarInterval(string text, bool isFixed, string? zone)
    {
        _zone = at => FieldValues.Zone(zone, at);
        if (!isFixed && Units.TryGetValue(text, out char unit))
        {
            _unit = unit;
            return;
        }

        if (!TimeValue.TryParse(text, out TimeSpan length) || length <= TimeSpan.Zero)
            throw Errors.IllegalArgument($"The supplied interval [{text}] could not be parsed as a calendar interval.");
        _millis = (long)length.TotalMilliseconds;
    }

    /// <summary>The start of the interval that a time falls into, in milliseconds since 1970.</summary>
    public long Floor(long millis)
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(millis);
        TimeSpan offset = _zone(at);
        if (_unit is null)
        {
            long local = millis + (long)offset.TotalMilliseconds;
            return local - (((local % _millis) + _millis) % _millis) - (long)offset.TotalMilliseconds;
        }

        DateTimeOffset floor = FloorLocal(at.ToOffset(offset));
        // Across a change of daylight saving time the start has another offset than the time itself.
        TimeSpan atStart = _zone(floor);
        return new DateTimeOffset(floor.DateTime, atStart).ToUnixTimeMilliseconds();
    }

    public long Next(long start)
    {
        if (_unit is null)
            return start + _millis;
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(start);
        DateTime local = at.ToOffset(_zone(at)).DateTime;
        DateTime next = _unit switch
        {
            's' => local.AddSeconds(1),
            'm' => local.AddMinutes(1),
            'h' => local.AddHours(1),
            'd' => local.AddDays(1),
            'w' => local.AddDays(7),
            'M' => local.AddMonths(1),
            'q' => local.AddMonths(3),
            _ => local.AddYears(1),
        };
        return new DateTimeOffset(next, _zone(new DateTimeOffset(next, TimeSpan.Zero))).ToUnixTimeMilliseconds();
    }

    private DateTimeOffset FloorLocal(DateTimeOffset at) => _unit switch
    {
        's' => new DateTimeOffset(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond), at.Offset),
        'm' => new DateTimeOffset(at.Ticks - (at.Ticks % TimeSpan.TicksPerMinute), at.Offset),
        'h' => new DateTimeOffset(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour), at.Offset),
        'd' => new DateTimeOffset(at.Date, at.Offset),
        'w' => new DateTimeOffset(at.Date, at.Offset).AddDays(-(((int)at.DayOfWeek + 6) % 7)),
        'M' => new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, at.Offset),
        'q' => new DateTimeOffset(at.Year, ((at.Month - 1) / 3 * 3) + 1, 1, 0, 0, 0, at.Offset),
        _ => new DateTimeOffset(at.Year, 1, 1, 0, 0, 0, at.Offset),
    };
}
