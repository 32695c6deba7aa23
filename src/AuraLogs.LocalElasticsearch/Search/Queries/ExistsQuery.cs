using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>exists</c>: a field, or any field of an object, has a value.</summary>
internal sealed class ExistsQuery(string pattern) : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = context.None();
        if (pattern is "_id" or "_index" or "_source" or "_seq_no" or "_version" or "*")
            docs = context.All();
        else if (pattern == "_ignored")
            foreach (FieldMapping field in context.Mapping.Fields)
                docs.UnionWith(context.Postings(field.Id, Term.Ignored));
        else if (context.Mapping.Resolve(pattern) is var (flattened, key) && key is not null)
            docs = context.Union(flattened.Id, Term.Keyed, key + "\0", null);
        else
            foreach (FieldMapping field in context.Mapping.Fields)
                if (Wildcard.IsMatch(pattern, field.Path) || field.Path.StartsWith(pattern + ".", StringComparison.Ordinal))
                    docs.UnionWith(context.Postings(field.Id, Term.Exists));
        scores?.Add(docs, Boost);
        return docs;
    }
}
