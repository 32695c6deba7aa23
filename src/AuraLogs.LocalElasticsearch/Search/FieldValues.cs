using System.Globalization;
using System.Net;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Values in queries, read as a field's type reads them; and a field's stored numbers, written as it writes them.</summary>
internal static class FieldValues
{
    /// <summary>The numbers that a value in a query stands for: one, or all of the day that a date names.</summary>
    public static (long Low, long High) Numbers(SearchContext context, FieldMapping field, string text) => field.Family switch
    {
        FieldFamily.Date => (Date(context, field, text, false), Date(context, field, text, true)),
        FieldFamily.Boolean => Boolean(text) is var flag ? (flag, flag) : default,
        FieldFamily.Real => Real(field, text) is var real ? (SortableNumber.FromDouble(real), SortableNumber.FromDouble(real)) : default,
        _ => Integer(text),
    };

    /// <summary>One end of a range as a number of the column.</summary>
    /// <param name="context">The index, for what now is.</param>
    /// <param name="field">The field that the range is on.</param>
    /// <param name="text">The bound as the query has it.</param>
    /// <param name="isLower">Whether it is the lower end.</param>
    /// <param name="isIncluded">Whether the bound itself is inside.</param>
    /// <param name="format">The range's own date format.</param>
    /// <param name="zone">The zone of dates that name none.</param>
    public static long Bound(
        SearchContext context, FieldMapping field, string text, bool isLower, bool isIncluded, DateFormat? format, TimeSpan zone)
    {
        long number;
        switch (field.Family)
        {
            case FieldFamily.Date:
                // gte and lt round down, gt and lte round up, as the documentation of the range query has it.
                number = Date(context, field, text, isLower != isIncluded, format, zone);
                break;
            case FieldFamily.Boolean:
                number = Boolean(text);
                break;
            case FieldFamily.Real:
                number = SortableNumber.FromDouble(Real(field, text));
                break;
            default:
                double real = Real(field, text);
                if (real != Math.Floor(real))
                    return isLower ? (long)Math.Ceiling(real) : (long)Math.Floor(real);
                number = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : (long)real;
                break;
        }

        if (isIncluded)
            return number;
        return isLower ? Saturate(number, 1) : Saturate(number, -1);
    }

    public static long Date(SearchContext context, FieldMapping field, string text, bool roundUp, DateFormat? format = null, TimeSpan zone = default)
    {
        Int128 nanos;
        int anchor = text.IndexOf("||", StringComparison.Ordinal);
        if (text.StartsWith("now", StringComparison.Ordinal))
        {
            nanos = (Int128)DateMath.Evaluate(text, context.Now, zone, roundUp).ToUnixTimeMilliseconds() * 1_000_000;
        }
        else
        {
            DateFormat parser = format ?? field.DateFormat;
            string date = anchor < 0 ? text : text[..anchor];
            if (!parser.TryParse(date, out nanos, zone, roundUp && anchor < 0))
                throw BadDate(date, parser.Text);
            if (anchor >= 0)
            {
                DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds((long)(nanos / 1_000_000));
                nanos = (Int128)DateMath.Apply(at, text.AsSpan(anchor + 2), zone, roundUp).ToUnixTimeMilliseconds() * 1_000_000;
            }
        }

        return field.Type == "date_nanos" ? (long)nanos : (long)((nanos - (((nanos % 1_000_000) + 1_000_000) % 1_000_000)) / 1_000_000);
    }

    public static TimeSpan Zone(string? text, DateTimeOffset at)
    {
        if (text is null or "Z" or "UTC")
            return TimeSpan.Zero;
        if (text[0] is '+' or '-')
        {
            string digits = text[1..].Replace(":", "", StringComparison.Ordinal);
            if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return (text[0] == '-' ? -1 : 1) * (digits.Length > 2 ? new TimeSpan(number / 100, number % 100, 0) : TimeSpan.FromHours(number));
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out TimeZoneInfo? zone)
            ? zone.GetUtcOffset(at)
            : throw Errors.IllegalArgument($"failed to parse time zone [{text}]");
    }

    /// <summary>A keyword or address as the index holds it.</summary>
    public static string Keyword(FieldMapping field, string text) => field.Family switch
    {
        FieldFamily.Ip => IPAddress.TryParse(text, out IPAddress? ip)
            ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString()
            : throw Errors.IllegalArgument($"'{text}' is not an IP string literal."),
        _ => field.LowerCases ? text.ToLowerInvariant() : text,
    };

    /// <summary>The words of a text, as the field's analyzer finds them.</summary>
    public static List<string> Words(FieldMapping field, string text)
    {
        if (field.IsSimpleText)
            return [text];
        List<string> words = [];
        StandardTokenizer tokenizer = new(text.ToLowerInvariant());
        while (tokenizer.MoveNext())
            words.Add(tokenizer.Current.ToString());
        return words;
    }

    private static long Boolean(string text) => text switch
    {
        "true" or "1" => 1,
        "false" or "0" or "" => 0,
        _ => throw Errors.IllegalArgument($"Can't parse boolean value [{text}], expected [true] or [false]"),
    };

    private static double Real(FieldMapping field, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            throw new ElasticsearchException(400, "number_format_exception", $"For input string: \"{text}\"");
        return field.Type == "float" ? (float)number : number;
    }

    private static (long Low, long High) Integer(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return (number, number);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
            throw new ElasticsearchException(400, "number_format_exception", $"For input string: \"{text}\"");
        return real == Math.Floor(real) && Math.Abs(real) < 9e18 ? ((long)real, (long)real) : (1, 0);
    }

    private static long Saturate(long number, int step)
    {
        if (step > 0)
            return number == long.MaxValue ? number : number + 1;
        return number == long.MinValue ? number : number - 1;
    }

    private static ElasticsearchException BadDate(string text, string format)
    {
        string reason = $"failed to parse date field [{text}] with format [{format}]";
        return new ElasticsearchException(400, "parse_exception", $"{reason}: [{reason}]")
        {
            CausedBy = Errors.IllegalArgument(reason,
                new ElasticsearchException(400, "date_time_parse_exception", "Failed to parse with all enclosed parsers")),
        };
    }
}
