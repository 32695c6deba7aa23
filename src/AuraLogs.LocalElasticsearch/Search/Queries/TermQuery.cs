using System.Net;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>term</c> and <c>terms</c>: a field's value is one of these, exactly.</summary>
internal sealed class TermQuery(string field, IReadOnlyList<string> values) : Query
{
    /// <summary>Values that the field's type can't have match nothing, instead of being an error.</summary>
    public bool IsLenient { get; init; }

    public bool IgnoresCase { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = context.None();
        foreach (string value in values)
        {
            try
            {
                docs.UnionWith(One(context, value));
            }
            catch (ElasticsearchException) when (IsLenient)
            {
            }
        }

        if (values.Count == 1 && context.Mapping.Resolve(field) is { Field.IsNumeric: false })
            scores?.AddTerm(docs, context.Shard.Count, Boost);
        else
            scores?.Add(docs, Boost);
        return docs;
    }

    public override void Highlight(HighlightTerms terms)
    {
        foreach (string value in values)
            terms.Add(field, word => string.Equals(word, value, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
    }

    private DocSet One(SearchContext context, string value)
    {
        if (field == "_index")
            return Indices.Wildcard.IsMatch(value, context.Index.Name) ? context.All() : context.None();
        if (field == "_id")
            return new IdsQuery([value]).Match(context, null);
        if (context.Mapping.Resolve(field) is not var (mapping, key))
            return context.None();
        if (mapping.IsNumeric)
        {
            (long low, long high) = FieldValues.Numbers(context, mapping, value);
            return context.NumbersBetween(mapping.Id, low, high);
        }

        if (mapping.Family == FieldFamily.Ip && value.Contains('/', StringComparison.Ordinal))
            return InNetwork(context, mapping, value);
        string stored = FieldValues.Keyword(mapping, value);
        byte kind = key is null ? Term.Value : Term.Keyed;
        string term = key is null ? stored : key + "\0" + stored;
        return IgnoresCase
            ? context.Union(mapping.Id, kind, key is null ? "" : key + "\0", found => string.Equals(found, term, StringComparison.OrdinalIgnoreCase))
            : context.Postings(mapping.Id, kind, term);
    }

    private static DocSet InNetwork(SearchContext context, FieldMapping mapping, string value)
    {
        if (!IPNetwork.TryParse(value, out IPNetwork network))
            throw Errors.IllegalArgument($"Expected [ip/prefix] but was [{value}]");
        return context.Union(mapping.Id, Term.Value, "", text => network.Contains(IPAddress.Parse(text)));
    }
}
