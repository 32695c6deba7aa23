using System.Globalization;

namespace AuraLogs.Lifecycle.Archive;

/// <summary>One day or several, as an operator writes them: <c>2026-05-06</c>, <c>2026.05.06</c>, <c>2026-05-06..2026-05-09</c>.</summary>
internal readonly record struct DayRange(DateOnly First, DateOnly Last)
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy.MM.dd"];

    public static bool TryParse(string text, out DayRange range)
    {
        var ends = text.Split("..");
        range = default;
        if (ends.Length > 2 || !TryParseDay(ends[0], out var first) || !TryParseDay(ends[^1], out var last) || last < first)
            return false;
        range = new DayRange(first, last);
        return true;
    }

    public bool Contains(DateOnly day) => day >= First && day <= Last;

    public override string ToString() =>
        First == Last ? First.ToString(Formats[0], CultureInfo.InvariantCulture) : $"{new DayRange(First, First)}..{new DayRange(Last, Last)}";

    private static bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text.Trim(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
