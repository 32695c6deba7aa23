using System.Globalization;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>The parameter <c>minimum_should_match</c>: <c>2</c>, <c>-1</c>, <c>75%</c>, <c>-25%</c>.</summary>
internal static class MinimumShouldMatch
{
    public static int? Of(string? text, int clauses)
    {
        if (text is null)
            return null;
        bool isPercent = text.EndsWith('%');
        if (!int.TryParse(text.TrimEnd('%'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            throw Errors.IllegalArgument($"failed to parse minimum_should_match [{text}]");
        if (isPercent)
            number = (int)(clauses * number / 100.0);
        return Math.Clamp(number < 0 ? clauses + number : number, 0, int.MaxValue);
    }
}
