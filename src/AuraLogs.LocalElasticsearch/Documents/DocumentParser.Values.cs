using System.Globalization;
using System.Net;
using System.Text.Json;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <content>Values of fields that the mapping has.</content>
internal sealed partial class DocumentParser
{
    /// <summary>Lucene's longest term, in bytes.</summary>
    private const int MaxTermBytes = 32766;

    private void ParseField(ref Utf8JsonReader reader, FieldMapping field)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                if (field.NullValue is not null)
                    IndexAll(field, field.NullValue, JsonTokenType.String);
                return;
            case JsonTokenType.StartArray when field.Type != "geo_point":
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    ParseField(ref reader, field);
                return;
            case var _ when field.Family == FieldFamily.Flattened:
                ParseFlattened(ref reader, field, "");
                return;
            case var _ when field.Family == FieldFamily.Stored:
                reader.Skip();
                return;
            case JsonTokenType.StartObject:
                RefuseObject(ref reader, field);
                return;
            default:
                IndexAll(field, TextOf(ref reader), reader.TokenType);
                return;
        }
    }

    /// <summary>
    /// An object where a value belongs is refused even if the field ignores what is malformed: see "Limits for JSON objects" of
    /// <c>ignore_malformed</c> in Elasticsearch's reference.
    /// </summary>
    private void RefuseObject(ref Utf8JsonReader reader, FieldMapping field)
    {
        string preview = Preview(ref reader);
        string wanted = field.Family is FieldFamily.Text or FieldFamily.Keyword ? "text" : "the value";
        throw Malformed(field, preview, new ElasticsearchException(400, "illegal_state_exception", $"Can't get {wanted} on a START_OBJECT at 1:1"));
    }

    private bool IgnoresMalformed(FieldMapping field) => field.IgnoresMalformed ?? settings.IgnoresMalformed;

    private void IndexAll(FieldMapping field, ReadOnlySpan<char> value, JsonTokenType token)
    {
        Index(field, value, token);
        foreach (FieldMapping multiField in field.MultiFields)
            Index(multiField, value, token);
    }

    private void Index(FieldMapping field, ReadOnlySpan<char> value, JsonTokenType token)
    {
        switch (field.Family)
        {
            case FieldFamily.Text:
                IndexText(field, value);
                return;
            case FieldFamily.Keyword:
                IndexKeyword(field, value);
                return;
            case FieldFamily.Flattened or FieldFamily.Stored:
                return;
        }

        try
        {
            switch (field.Family)
            {
                case FieldFamily.Ip:
                    Parsed.AddTerm(field.Id, Term.Exists);
                    Parsed.AddTerm(field.Id, Term.Value, ParseIp(field, value));
                    return;
                case FieldFamily.Date:
                    Parsed.AddNumber(field.Id, ParseDate(field, value));
                    return;
                case FieldFamily.Boolean:
                    Parsed.AddNumber(field.Id, ParseBoolean(field, value));
                    return;
                default:
                    Parsed.AddNumber(field.Id, ParseNumber(field, value, token));
                    return;
            }
        }
        catch (ElasticsearchException) when (IgnoresMalformed(field))
        {
            Parsed.AddTerm(field.Id, Term.Ignored);
        }
    }

    private void IndexText(FieldMapping field, ReadOnlySpan<char> value)
    {
        if (!field.IsIndexed)
            return;
        Parsed.AddTerm(field.Id, Term.Exists);
        if (field.IsSimpleText)
        {
            Parsed.AddTerm(field.Id, Term.Value, value);
            return;
        }

        StandardTokenizer words = new(Lower(value));
        while (words.MoveNext())
            Parsed.AddTerm(field.Id, Term.Value, words.Current);
    }

    private void IndexKeyword(FieldMapping field, ReadOnlySpan<char> value)
    {
        if (value.Length > field.IgnoreAbove)
        {
            Parsed.AddTerm(field.Id, Term.Ignored);
            return;
        }

        if (!field.IsIndexed)
            return;
        CheckLength(field, value);
        Parsed.AddTerm(field.Id, Term.Exists);
        Parsed.AddTerm(field.Id, Term.Value, field.LowerCases ? Lower(value) : value);
    }

    private static void CheckLength(FieldMapping field, ReadOnlySpan<char> value)
    {
        if (value.Length <= MaxTermBytes / 3)
            return;
        int bytes = System.Text.Encoding.UTF8.GetByteCount(value);
        if (bytes <= MaxTermBytes)
            return;
        string prefix = string.Join(", ", System.Text.Encoding.UTF8.GetBytes(value[..30].ToString()).Take(30));
        string limit = $"bytes can be at most {MaxTermBytes} in length; got {bytes}";
        throw Errors.IllegalArgument(
            $"Document contains at least one immense term in field=\"{field.Path}\" (whose UTF8 encoding is longer than the max length {MaxTermBytes}), "
            + $"all of which were skipped.  Please correct the analyzer to not produce such terms.  The prefix of the first immense term is: '[{prefix}]...', "
            + $"original message: {limit}",
            new ElasticsearchException(400, "max_bytes_length_exceeded_exception", limit));
    }

    private string ParseIp(FieldMapping field, ReadOnlySpan<char> value)
    {
        bool isAddress = IPAddress.TryParse(value, out IPAddress? address) && (value.Contains(':') || value.Count('.') == 3);
        return isAddress
            ? IpText(address!)
            : throw Malformed(field, value.ToString(), Errors.IllegalArgument($"'{value}' is not an IP string literal."));
    }

    private long ParseDate(FieldMapping field, ReadOnlySpan<char> value)
    {
        if (field.DateFormat.TryParse(value, out Int128 nanos))
            return (long)(field.Type == "date_nanos" ? nanos : FloorToMillis(nanos));
        ElasticsearchException cause = new(400, "date_time_parse_exception", "Failed to parse with all enclosed parsers");
        throw Malformed(field, value.ToString(), Errors.IllegalArgument($"failed to parse date field [{value}] with format [{field.DateFormat.Text}]", cause));
    }

    private static Int128 FloorToMillis(Int128 nanos) => (nanos - (((nanos % 1_000_000) + 1_000_000) % 1_000_000)) / 1_000_000;

    private long ParseBoolean(FieldMapping field, ReadOnlySpan<char> value) => value switch
    {
        "true" => 1,
        "false" or "" => 0,
        _ => throw Malformed(field, value.ToString(), Errors.IllegalArgument($"Failed to parse value [{value}] as only [true] or [false] are allowed.")),
    };

    private long ParseNumber(FieldMapping field, ReadOnlySpan<char> value, JsonTokenType token)
    {
        if (token is JsonTokenType.True or JsonTokenType.False || (token == JsonTokenType.String && !field.Coerces))
            throw Malformed(field, value.ToString(), Errors.IllegalArgument($"For input string: \"{value}\""));
        return field.Family == FieldFamily.Real ? ParseReal(field, value) : ParseInteger(field, value, token);
    }

    private long ParseReal(FieldMapping field, ReadOnlySpan<char> value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            throw Malformed(field, value.ToString(), Errors.IllegalArgument($"For input string: \"{value}\""));
        double rounded = field.Type switch
        {
            "float" => (float)number,
            "half_float" => (double)(Half)number,
            "scaled_float" => Math.Round(number * field.ScalingFactor) / field.ScalingFactor,
            _ => number,
        };
        if (!double.IsFinite(rounded))
            throw Malformed(field, value.ToString(), Errors.IllegalArgument($"[{field.Type}] supports only finite values, but got [{Invariant(rounded)}]"));
        return SortableNumber.FromDouble(rounded);
    }

    private long ParseInteger(FieldMapping field, ReadOnlySpan<char> value, JsonTokenType token)
    {
        (long low, long high) = field.Type switch
        {
            "integer" => (int.MinValue, (long)int.MaxValue),
            "short" => (short.MinValue, short.MaxValue),
            "byte" => (sbyte.MinValue, sbyte.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
                throw Malformed(field, value.ToString(), Errors.IllegalArgument($"For input string: \"{value}\""));
            if (!field.Coerces && real != Math.Truncate(real))
                throw Malformed(field, value.ToString(), Errors.IllegalArgument($"Value [{value}] has a decimal part"));
            if (real is < long.MinValue or >= 9.2233720368547758e18 || double.IsNaN(real))
                throw OutOfRange(field, value, token, low, high);
            number = (long)real;
        }

        return number >= low && number <= high ? number : throw OutOfRange(field, value, token, low, high);
    }

    private ElasticsearchException OutOfRange(FieldMapping field, ReadOnlySpan<char> value, JsonTokenType token, long low, long high) =>
        Malformed(field, value.ToString(), token == JsonTokenType.Number
            ? Errors.BrokenJson($"Numeric value ({value}) out of range of {field.Type} ({low} - {high})", endOfInput: false)
            : Errors.IllegalArgument($"Value [{value}] is out of range for a {field.Type}"));

    private ReadOnlySpan<char> Lower(ReadOnlySpan<char> value)
    {
        if (_lower.Length < value.Length)
            _lower = new char[value.Length * 2];
        return _lower.AsSpan(0, value.ToLowerInvariant(_lower));
    }
}
