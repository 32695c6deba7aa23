using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>Makes the queries that compare a field's terms with a pattern.</summary>
internal static class Patterns
{
    private const int MaxRegexLength = 1000;

    private static readonly SearchValues<char> RegexOperators = SearchValues.Create(".?+*|{}[]()\"\\#@&<>~^$");

    public static PatternQuery Prefix(string field, string prefix, bool ignoresCase) =>
        ignoresCase
            ? new PatternQuery(field, "", term => term.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            : new PatternQuery(field, prefix, null);

    /// <summary><c>*</c> and <c>?</c>; what stands before the first of them narrows the search.</summary>
    public static PatternQuery Wildcard(string field, string pattern, bool ignoresCase)
    {
        if (ignoresCase)
        {
            string lower = pattern.ToLowerInvariant();
            return new PatternQuery(field, "", term => Indices.Wildcard.IsMatch(lower, term.ToLowerInvariant(), questionMark: true));
        }

        int literal = pattern.AsSpan().IndexOfAny('*', '?');
        return new PatternQuery(
            field, literal < 0 ? pattern : pattern[..literal], term => Indices.Wildcard.IsMatch(pattern, term, questionMark: true));
    }

    /// <summary>A regular expression over the whole term, run without backtracking so that none can hang.</summary>
    public static PatternQuery Regexp(string field, string pattern, bool ignoresCase)
    {
        if (pattern.Length > MaxRegexLength)
        {
            throw Errors.IllegalArgument(
                $"The length of regex [{pattern.Length}] used in the Regexp Query request has exceeded the allowed maximum of [{MaxRegexLength}]. "
                + "This maximum can be set by changing the [index.max_regex_length] index level setting.");
        }

        try
        {
            RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
            Regex regex = new($"^(?:{pattern})$", ignoresCase ? options | RegexOptions.IgnoreCase : options);
            int literal = pattern.AsSpan().IndexOfAny(RegexOperators);
            bool hasLiteral = !ignoresCase && literal > 1 && !pattern.Contains('|', StringComparison.Ordinal);
            return new PatternQuery(field, hasLiteral ? pattern[..(literal - 1)] : "", regex.IsMatch);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Errors.IllegalArgument($"failed to parse regexp [{pattern}]: {e.Message}");
        }
    }

    public static PatternQuery Fuzzy(string field, string text, string? fuzziness)
    {
        int edits = fuzziness is null || fuzziness.StartsWith("AUTO", StringComparison.OrdinalIgnoreCase)
            ? text.Length switch { < 3 => 0, < 6 => 1, _ => 2 }
            : (int)double.Parse(fuzziness, CultureInfo.InvariantCulture);
        return new PatternQuery(field, "", term => Math.Abs(term.Length - text.Length) <= edits && IsWithin(text, term, edits));
    }

    /// <summary>Whether so many insertions, deletions, replacements and swaps of neighbours lead from one to the other.</summary>
    private static bool IsWithin(string a, string b, int edits)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            distance[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            distance[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(distance[i - 1, j] + 1, distance[i, j - 1] + 1), distance[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, distance[i - 2, j - 2] + 1);
                distance[i, j] = best;
            }
        }

        return distance[a.Length, b.Length] <= edits;
    }
}
