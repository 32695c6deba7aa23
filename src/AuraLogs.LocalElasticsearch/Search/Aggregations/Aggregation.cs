using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>A metric or a bucket aggregation. It sees the matches of all indices at once.</summary>
internal abstract class Aggregation
{
    /// <summary>Elasticsearch's <c>search.max_buckets</c>.</summary>
    protected const int MaxBuckets = 65_536;

    /// <summary>The aggregations inside each bucket.</summary>
    public AggregationTree Inner { get; init; } = AggregationTree.Empty;

    /// <summary>The field it is over, when it is over one.</summary>
    public string? Field { get; init; }

    public abstract JsonObject Compute(IReadOnlyList<Match> matches);

    /// <summary>Refuses what can't be computed on an index.</summary>
    public virtual void Check(SearchContext context)
    {
        if (Field is not null && context.Mapping.Field(Field) is { Family: FieldFamily.Text })
            throw Fielddata.IsDisabled(Field);
        Inner.Check(context);
    }

    /// <summary>A bucket: its own members, the count, and the inner aggregations.</summary>
    protected JsonObject Bucket(JsonObject members, long count, Func<IReadOnlyList<Match>> matches)
    {
        members["doc_count"] = count;
        if (!Inner.IsEmpty)
            foreach ((string name, JsonNode? result) in Inner.Compute(matches()))
                members[name] = result?.DeepClone();
        return members;
    }

    protected static ElasticsearchException TooManyBuckets() => new(
        400, "too_many_buckets_exception",
        $"Trying to create too many buckets. Must be less than or equal to: [{MaxBuckets}] but was [{MaxBuckets + 1}]. "
        + "This limit can be set by changing the [search.max_buckets] cluster level setting.");
}
