using System.Globalization;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>
/// Names with a date in them: <c>&lt;logs-{now/d-1M{yyyy.MM}}&gt;</c>, static text and date math in braces, UTC.
/// </summary>
internal static class DateMathName
{
    private const string DefaultFormat = "yyyy.MM.dd";

    public static string Resolve(string name, DateTimeOffset now)
    {
        if (name.Length < 2 || name[0] != '<' || name[^1] != '>')
            return name;
        ReadOnlySpan<char> rest = name.AsSpan(1, name.Length - 2);
        System.Text.StringBuilder resolved = new();
        while (!rest.IsEmpty)
        {
            int open = rest.IndexOf('{');
            if (open < 0)
            {
                resolved.Append(rest);
                break;
            }

            resolved.Append(rest[..open]);
            int close = ClosingBrace(name, rest, open);
            resolved.Append(Expand(rest[(open + 1)..close].ToString(), now));
            rest = rest[(close + 1)..];
        }

        return resolved.ToString();
    }

    private static int ClosingBrace(string name, ReadOnlySpan<char> text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return i;
        }

        throw Errors.Parse($"invalid dynamic name expression [{name}]. date math placeholder is open ended");
    }

    private static string Expand(string placeholder, DateTimeOffset now)
    {
        string math = placeholder, format = DefaultFormat;
        int brace = placeholder.IndexOf('{', StringComparison.Ordinal);
        if (brace >= 0)
        {
            math = placeholder[..brace];
            format = placeholder[(brace + 1)..^1].Split('|')[0].Replace("uuuu", "yyyy", StringComparison.Ordinal);
        }

        return DateMath.Evaluate(math, now, TimeSpan.Zero, roundUp: false).ToString(format, CultureInfo.InvariantCulture);
    }
}
