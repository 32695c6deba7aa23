using System.Net;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>range</c>: numbers and dates by value, keywords and words by their bytes, addresses by theirs.</summary>
internal sealed class RangeQuery(string field) : Query
{
    public string? Low { get; init; }

    public string? High { get; init; }

    public bool IncludesLow { get; init; } = true;

    public bool IncludesHigh { get; init; } = true;

    public string? Format { get; init; }

    public string? TimeZone { get; init; }

    public bool IsLenient { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs;
        try
        {
            docs = context.Mapping.Resolve(field) is var (mapping, key) ? Of(context, mapping, key) : context.None();
        }
        catch (ElasticsearchException) when (IsLenient)
        {
            docs = context.None();
        }

        scores?.Add(docs, Boost);
        return docs;
    }

    private DocSet Of(SearchContext context, FieldMapping mapping, string? key)
    {
        if (mapping.IsNumeric)
        {
            TimeSpan zone = FieldValues.Zone(TimeZone, context.Now);
            DateFormat? format = Format is null ? null : DateFormat.Parse(Format);
            long low = Low is null ? long.MinValue : FieldValues.Bound(context, mapping, Low, true, IncludesLow, format, zone);
            long high = High is null ? long.MaxValue : FieldValues.Bound(context, mapping, High, false, IncludesHigh, format, zone);
            return context.NumbersBetween(mapping.Id, low, high);
        }

        if (mapping.Family == FieldFamily.Ip)
            return InAddresses(context, mapping);
        return key is null
            ? context.Union(mapping.Id, Term.Value, "", Contains)
            : context.Union(mapping.Id, Term.Keyed, key + "\0", term => Contains(term[(key.Length + 1)..]));
    }

    private DocSet InAddresses(SearchContext context, FieldMapping mapping)
    {
        byte[]? low = Low is null ? null : Bytes(Low);
        byte[]? high = High is null ? null : Bytes(High);
        return context.Union(mapping.Id, Term.Value, "", text =>
        {
            byte[] address = Bytes(text);
            return Contains(low is null ? null : address.AsSpan().SequenceCompareTo(low), high is null ? null : address.AsSpan().SequenceCompareTo(high));
        });
    }

    private static byte[] Bytes(string address) => IPAddress.TryParse(address, out IPAddress? parsed)
        ? parsed.MapToIPv6().GetAddressBytes()
        : throw Errors.IllegalArgument($"'{address}' is not an IP string literal.");

    private bool Contains(string value) =>
        Contains(Low is null ? null : string.CompareOrdinal(value, Low), High is null ? null : string.CompareOrdinal(value, High));

    /// <summary>Whether a value is within the range, by how it compares with each bound; null where there is none.</summary>
    private bool Contains(int? toLow, int? toHigh) =>
        (toLow is not { } low || (IncludesLow ? low >= 0 : low > 0)) && (toHigh is not { } high || (IncludesHigh ? high <= 0 : high < 0));
}
