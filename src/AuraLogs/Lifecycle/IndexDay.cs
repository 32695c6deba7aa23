using System.Globalization;

namespace AuraLogs.Lifecycle;

/// <summary>The day in an index's name: <c>prefix-yyyy.MM.dd</c>.</summary>
internal static class IndexDay
{
    private const string Format = "yyyy.MM.dd";

    public static string Name(string prefix, DateOnly day) => $"{prefix}-{day.ToString(Format, CultureInfo.InvariantCulture)}";

    /// <returns>Null when the name doesn't end in a day.</returns>
    public static DateOnly? Parse(string index) =>
        index.Length > Format.Length
        && index[^(Format.Length + 1)] == '-'
        && DateOnly.TryParseExact(index.AsSpan(index.Length - Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
