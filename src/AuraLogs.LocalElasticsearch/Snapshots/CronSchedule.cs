using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>
/// Elasticsearch's cron expressions, in UTC: <c>seconds minutes hours day-of-month month day-of-week [year]</c>, with
/// <c>* ? , - /</c> and names of months and days; Sunday is 1.
/// https://www.elastic.co/guide/en/elasticsearch/reference/current/cron-expressions.html
/// </summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly SortedSet<int> _seconds;
    private readonly SortedSet<int> _minutes;
    private readonly SortedSet<int> _hours;
    private readonly SortedSet<int> _days;
    private readonly SortedSet<int> _months;
    private readonly SortedSet<int> _weekdays;
    private readonly SortedSet<int>? _years;
    private readonly bool _lastDay;

    private CronSchedule(string[] fields)
    {
        _seconds = Parse(fields[0], 0, 59, []);
        _minutes = Parse(fields[1], 0, 59, []);
        _hours = Parse(fields[2], 0, 23, []);
        _lastDay = fields[3] == "L";
        _days = _lastDay ? [28, 29, 30, 31] : Parse(fields[3], 1, 31, []);
        _months = Parse(fields[4].ToUpperInvariant(), 1, 12, Months);
        _weekdays = Parse(fields[5].ToUpperInvariant(), 1, 7, Days);
        _years = fields.Length == 7 && fields[6] != "*" ? Parse(fields[6], 1970, 2199, []) : null;
        if ((fields[3] == "?") == (fields[5] == "?"))
            throw new FormatException("one of day-of-month and day-of-week must be ?, and only one");
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out CronSchedule? schedule)
    {
        schedule = null;
        string[] fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (6 or 7))
            return false;
        try
        {
            schedule = new CronSchedule(fields);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The first time after another; null when there is none within four years.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        DateTimeOffset at = new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(1);
        for (DateTimeOffset day = new(at.Date, TimeSpan.Zero); day < at.AddYears(4); day = day.AddDays(1))
        {
            if (!IsOn(day))
                continue;
            foreach (int hour in _hours)
                foreach (int minute in _minutes)
                {
                    if (day.AddHours(hour).AddMinutes(minute + 1) <= at)
                        continue;
                    foreach (int second in _seconds)
                        if (day.AddHours(hour).AddMinutes(minute).AddSeconds(second) is var found && found >= at)
                            return found;
                }
        }

        return null;
    }

    private bool IsOn(DateTimeOffset day) =>
        _months.Contains(day.Month) && _days.Contains(day.Day) && _weekdays.Contains((int)day.DayOfWeek + 1)
        && _years?.Contains(day.Year) != false && (!_lastDay || day.AddDays(1).Day == 1);

    private static SortedSet<int> Parse(string field, int low, int high, string[] names)
    {
        SortedSet<int> values = [];
        foreach (string part in field.Split(','))
        {
            string[] steps = part.Split('/');
            int step = steps.Length == 2 ? Number(steps[1], 1, high, []) : 1;
            (int from, int to) = (low, high);
            if (steps[0] is not ("*" or "?"))
            {
                string[] ends = steps[0].Split('-');
                from = Number(ends[0], low, high, names);
                to = ends.Length == 2 ? Number(ends[1], low, high, names) : steps.Length == 2 ? high : from;
            }

            if (steps.Length > 2 || from > to)
                throw new FormatException($"[{part}] is not a range");
            for (int value = from; value <= to; value += step)
                values.Add(value);
        }

        return values;
    }

    private static int Number(string text, int low, int high, string[] names)
    {
        int named = Array.IndexOf(names, text);
        if (named >= 0)
            return named + 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high
            ? value
            : throw new FormatException($"[{text}] is not between {low} and {high}");
    }
}
