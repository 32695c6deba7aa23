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
            return context.Union(mapping.Id, Term.Value, "", text => Contains(IPAddress.Parse(text)));
        return key is null
            ? context.Union(mapping.Id, Term.Value, "", Contains)
            : context.Union(mapping.Id, Term.Keyed, key + "\0", term => Contains(term[(key.Length + 1)..]));
    }

    private bool Contains(string value) => Contains(text => string.CompareOrdinal(value, text));

    private bool Contains(IPAddress address) =>
        Contains(text => address.MapToIPv6().GetAddressBytes().AsSpan().SequenceCompareTo(IPAddress.Parse(text).MapToIPv6().GetAddressBytes()));

    private bool Contains(Func<string, int> compareTo) =>
        (Low is null || compareTo(Low) is var low && (IncludesLow ? low >= 0 : low > 0))
        && (High is null || compareTo(High) is var high && (IncludesHigh ? high <= 0 : high < 0));
}
