using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>ids</c>, and terms on <c>_id</c>.</summary>
internal sealed class IdsQuery(IReadOnlyList<string> ids) : Query
{
    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        DocSet docs = context.None();
        foreach (string id in ids)
            if (context.Shard.Find(id) is { } found)
                docs.Add(found);
        scores?.Add(docs, Boost);
        return docs;
    }
}
