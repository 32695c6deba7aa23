using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>prefix</c>, <c>wildcard</c>, <c>regexp</c> and <c>fuzzy</c>: some term of the field looks like this.</summary>
internal sealed class PatternQuery(string field, string prefix, Func<string, bool>? accepts) : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = context.None();
        if (field == "_id")
            throw new Rest.ElasticsearchException(400, "query_shard_exception",
                "Can only use prefix queries on keyword and text fields - not on [_id] which is of type [_id]");
        if (field == "_index")
            docs = accepts is null ? context.None() : accepts(context.Index.Name) ? context.All() : docs;
        else if (context.Mapping.Resolve(field) is var (mapping, key))
            docs = Of(context, mapping, key);
        scores?.Add(docs, Boost);
        return docs;
    }

    public override void Highlight(HighlightTerms terms) =>
        terms.Add(field, word => word.StartsWith(prefix, StringComparison.Ordinal) && (accepts is null || accepts(word)));

    private DocSet Of(SearchContext context, FieldMapping mapping, string? key)
    {
        if (mapping.IsNumeric)
            return context.None();
        if (key is null)
            return context.Union(mapping.Id, Term.Value, prefix, accepts);
        Func<string, bool>? inner = accepts;
        return context.Union(mapping.Id, Term.Keyed, key + "\0" + prefix, inner is null ? null : term => inner(term[(key.Length + 1)..]));
    }
}
