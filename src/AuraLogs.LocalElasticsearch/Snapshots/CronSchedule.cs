using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>
/// Elasticsearch's cron expressions, in UTC: <c>seconds minutes hours day-of-month month day-of-week [year]</c>, separated by white space, in
/// any case. A field is a list of <c>*</c>, numbers, ranges (<c>22-2</c> goes over the end) and steps (<c>0/15</c>). One of the two days is
/// <c>?</c>, and only one. Months and weekdays have names; Sunday is 1. Day-of-month is also <c>L</c> (the last), <c>L-3</c> (three days before it),
/// <c>15W</c> and <c>LW</c> (the working day nearest to it, in the same month); day-of-week also <c>6L</c> (the last Friday) and <c>6#3</c> (the third one).
/// https://www.elastic.co/guide/en/elasticsearch/reference/current/cron-expressions.html
/// </summary>
public sealed partial class CronSchedule
{
    // Between two leap days that are the same weekday there are 28 years, and 40 over the end of a century.
    private const int MostYears = 41;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly SortedSet<int> _seconds;
    private readonly SortedSet<int> _minutes;
    private readonly SortedSet<int> _hours;
    private readonly SortedSet<int> _months;
    private readonly SortedSet<int>? _years;
    private readonly Func<DateTimeOffset, bool> _isDay;

    private CronSchedule(string[] fields)
    {
        _seconds = Values(fields[0], 0, 59, []);
        _minutes = Values(fields[1], 0, 59, []);
        _hours = Values(fields[2], 0, 23, []);
        _months = Values(fields[4], 1, 12, Months);
        _years = fields.Length == 7 ? Values(fields[6], 1970, 2199, []) : null;
        _isDay = (fields[3], fields[5]) switch
        {
            ("?", not "?") => DaysOfWeek(fields[5]),
            (not "?", "?") => DaysOfMonth(fields[3]),
            _ => throw new FormatException("one of day-of-month and day-of-week must be ?, and only one"),
        };
    }

    /// <summary>Reads an expression; false when Elasticsearch would refuse it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CronSchedule? schedule)
    {
        schedule = null;
        string[] fields = text.ToUpperInvariant().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
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

    /// <summary>The first time after another; null when there is none: 30 February, or a year that is over.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        DateTimeOffset at = new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(1);
        for (DateTimeOffset day = new(at.Date, TimeSpan.Zero); day < at.AddYears(MostYears); day = day.AddDays(1))
        {
            if (_years?.Contains(day.Year) == false || !_months.Contains(day.Month) || !_isDay(day))
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

    private static Func<DateTimeOffset, bool> DaysOfMonth(string field)
    {
        if (LastOfMonth().Match(field) is { Success: true } last)
        {
            int before = last.Groups["before"] is { Success: true } days ? Number(days.Value, 0, 30, []) : 0;
            bool isWorking = last.Groups["working"].Success;
            return day => IsThe(DaysIn(day) - before, day, isWorking);
        }

        if (NearestWorkingDay().Match(field) is { Success: true } nearest)
        {
            int wanted = Number(nearest.Groups["day"].Value, 1, 31, []);
            return day => IsThe(wanted, day, isWorking: true);
        }

        SortedSet<int> values = Values(field, 1, 31, []);
        return day => values.Contains(day.Day);
    }

    private static Func<DateTimeOffset, bool> DaysOfWeek(string field)
    {
        if (field == "L")
            return day => day.DayOfWeek == DayOfWeek.Saturday;
        if (LastOfWeekday().Match(field) is { Success: true } last)
        {
            int weekday = Number(last.Groups["day"].Value, 1, 7, Days);
            return day => NumberOf(day) == weekday && day.Day + 7 > DaysIn(day);
        }

        if (NumberedWeekday().Match(field) is { Success: true } numbered)
        {
            int weekday = Number(numbered.Groups["day"].Value, 1, 7, Days);
            int which = Number(numbered.Groups["which"].Value, 1, 5, []);
            return day => NumberOf(day) == weekday && (day.Day + 6) / 7 == which;
        }

        SortedSet<int> values = Values(field, 1, 7, Days);
        return day => values.Contains(NumberOf(day));
    }

    // Saturday goes to the Friday before, Sunday to the Monday after, unless that is another month.
    private static bool IsThe(int wanted, DateTimeOffset day, bool isWorking)
    {
        if (wanted < 1 || wanted > DaysIn(day))
            return false;
        if (isWorking)
        {
            wanted += day.AddDays(wanted - day.Day).DayOfWeek switch
            {
                DayOfWeek.Saturday => wanted == 1 ? 2 : -1,
                DayOfWeek.Sunday => wanted == DaysIn(day) ? -2 : 1,
                _ => 0,
            };
        }

        return day.Day == wanted;
    }

    private static int DaysIn(DateTimeOffset day) => DateTime.DaysInMonth(day.Year, day.Month);

    private static int NumberOf(DateTimeOffset day) => (int)day.DayOfWeek + 1;

    private static SortedSet<int> Values(string field, int low, int high, string[] names)
    {
        SortedSet<int> values = [];
        foreach (string part in field.Split(','))
        {
            string[] steps = part.Split('/');
            if (steps.Length > 2)
                throw new FormatException($"[{part}] has two steps");
            int step = steps.Length == 2 ? Number(steps[1], 1, high, []) : 1;
            (int from, int to) = (low, high);
            if (steps[0] != "*")
            {
                string[] ends = steps[0].Split('-');
                if (ends.Length > 2)
                    throw new FormatException($"[{part}] is not a range");
                from = Number(ends[0], low, high, names);
                to = ends.Length == 2 ? Number(ends[1], low, high, names) : steps.Length == 2 ? high : from;
            }

            int count = high - low + 1;
            for (int value = from; value <= (from <= to ? to : to + count); value += step)
                values.Add(value <= high ? value : value - count);
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

    [GeneratedRegex("^L(-(?<before>[0-9]+))?(?<working>W)?$")]
    private static partial Regex LastOfMonth();

    [GeneratedRegex("^(?<day>[0-9]+)W$")]
    private static partial Regex NearestWorkingDay();

    [GeneratedRegex("^(?<day>[0-9]|[A-Z]{3})L$")]
    private static partial Regex LastOfWeekday();

    [GeneratedRegex("^(?<day>[0-9]|[A-Z]{3})#(?<which>[0-9])$")]
    private static partial Regex NumberedWeekday();
}
