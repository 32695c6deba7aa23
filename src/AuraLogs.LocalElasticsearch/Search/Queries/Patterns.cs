using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>Makes the queries that compare a field's terms with a pattern.</summary>
internal static class Patterns
{
    private const int MaxRegexLength = 1000;

    /// <summary>A pattern of this length costs a term at most as many steps as both have characters together, squared.</summary>
    private const int MaxWildcardLength = 1000;

    private static readonly SearchValues<char> RegexOperators = SearchValues.Create(".?+*|{}[]()\"\\#@&<>~^$");

    public static PatternQuery Prefix(string field, string prefix, bool ignoresCase) =>
        ignoresCase
            ? new PatternQuery(field, "", term => term.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            : new PatternQuery(field, prefix, null);

    /// <summary><c>*</c> and <c>?</c>; what stands before the first of them narrows the search.</summary>
    public static PatternQuery Wildcard(string field, string pattern, bool ignoresCase)
    {
        if (pattern.Length > MaxWildcardLength)
            throw Errors.IllegalArgument($"The length of a wildcard pattern [{pattern.Length}] has exceeded the allowed maximum of [{MaxWildcardLength}].");
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
        Regex regex = RegexOf(pattern, ignoresCase ? RegexOptions.Singleline | RegexOptions.IgnoreCase : RegexOptions.Singleline);
        int literal = pattern.AsSpan().IndexOfAny(RegexOperators);
        bool hasLiteral = !ignoresCase && literal > 1 && !pattern.Contains('|', StringComparison.Ordinal);
        return new PatternQuery(field, hasLiteral ? pattern[..(literal - 1)] : "", regex.IsMatch);
    }

    /// <summary>A regular expression over the whole of a term.</summary>
    public static Regex RegexOf(string pattern, RegexOptions options)
    {
        if (pattern.Length > MaxRegexLength)
        {
            throw Errors.IllegalArgument(
                $"The length of regex [{pattern.Length}] used in the Regexp Query request has exceeded the allowed maximum of [{MaxRegexLength}]. "
                + "This maximum can be set by changing the [index.max_regex_length] index level setting.");
        }

        try
        {
            return new Regex($"^(?:{pattern})$", options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Errors.IllegalArgument($"failed to parse regexp [{pattern}]: {e.Message}");
        }
    }

    public static PatternQuery Fuzzy(string field, string text, string? fuzziness)
    {
        if (text.Length > MaxWildcardLength)
            throw Errors.IllegalArgument($"The length of a fuzzy term [{text.Length}] has exceeded the allowed maximum of [{MaxWildcardLength}].");
        EditAutomaton automaton = new(text, EditsOf(text, fuzziness));
        return new PatternQuery(field, "", term => automaton.Accepts(term));
    }

    /// <summary>How many edits: 0, 1 or 2, or by the length of the text (<c>AUTO</c>, <c>AUTO:3,6</c>).</summary>
    private static int EditsOf(string text, string? fuzziness)
    {
        if (fuzziness is null || fuzziness.Equals("AUTO", StringComparison.OrdinalIgnoreCase))
            return AutoEdits(text, 3, 6);
        if (fuzziness.StartsWith("AUTO:", StringComparison.OrdinalIgnoreCase))
        {
            return fuzziness["AUTO:".Length..].Split(',') is [var low, var high]
                && int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out int one)
                && int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out int two) && one <= two
                ? AutoEdits(text, one, two)
                : throw Errors.IllegalArgument($"failed to find low and high distance values in [{fuzziness}]");
        }

        if (!float.TryParse(fuzziness, NumberStyles.Float, CultureInfo.InvariantCulture, out float edits))
            throw Errors.IllegalArgument($"fuzziness cannot be [{fuzziness}].");
        return edits is 0 or 1 or EditAutomaton.MaxEdits
            ? (int)edits
            : throw Errors.IllegalArgument($"Valid edit distances are [0, 1, 2] but was [{fuzziness}]");
    }

    private static int AutoEdits(string text, int one, int two) => text.Length < one ? 0 : text.Length < two ? 1 : 2;
}
