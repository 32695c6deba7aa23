using System.Globalization;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>What a search asks for, from its body and its parameters, which win.</summary>
internal sealed class SearchRequest
{
    /// <summary>The parameters of <c>_search</c> that are understood, or accepted because they change nothing here.</summary>
    public const string Parameters = "q df analyzer analyze_wildcard default_operator lenient explain version seq_no_primary_term stored_fields docvalue_fields"
        + " from size sort _source _source_includes _source_excludes terminate_after stats timeout track_scores track_total_hits"
        + " allow_partial_search_results batched_reduce_size ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size"
        + " preference request_cache rest_total_hits_as_int routing scroll search_type ignore_throttled suggest_field suggest_mode"
        + " suggest_size suggest_text ";

    private static readonly HashSet<string> Members =
    [
        "query", "size", "from", "sort", "_source", "aggs", "aggregations", "track_total_hits", "highlight", "docvalue_fields", "stored_fields",
        "fields", "search_after", "pit", "timeout", "version", "seq_no_primary_term", "track_scores", "min_score", "terminate_after",
        "post_filter", "stats",
    ];

    /// <summary>Members that must be absent, or empty or false as clients send them when they don't mean it.</summary>
    private static readonly string[] Unsupported =
    [
        "suggest", "rescore", "knn", "rank", "retriever", "runtime_mappings", "script_fields", "collapse", "slice", "indices_boost", "profile",
        "explain", "ext",
    ];

    public required Query Query { get; init; }

    public Query? PostFilter { get; init; }

    public int Size { get; init; } = 10;

    public int From { get; init; }

    public List<SortKey> Sort { get; init; } = [];

    public SortValue[]? After { get; init; }

    public SourceFilter Source { get; init; } = SourceFilter.Everything;

    /// <summary>How many hits are counted exactly; null: not at all.</summary>
    public int? CountUpTo { get; init; } = 10_000;

    /// <summary><c>allow_partial_search_results</c>.</summary>
    public bool AllowsPartial { get; init; } = true;

    public bool HasVersions { get; init; }

    public bool HasSeqNos { get; init; }

    public bool TracksScores { get; init; }

    public bool TotalIsNumber { get; init; }

    public JsonObject Aggregations { get; init; } = [];

    public JsonObject? Highlight { get; init; }

    /// <summary><c>docvalue_fields</c>.</summary>
    public JsonArray? DocValueFields { get; init; }

    /// <summary><c>fields</c>.</summary>
    public JsonArray? Fields { get; init; }

    public string? PointInTime { get; init; }

    /// <summary>Documents with less of a score are none.</summary>
    public double? MinScore { get; init; }

    /// <summary><c>terminate_after</c>: no more documents of an index than this; 0: all.</summary>
    public int TerminateAfter { get; init; }

    public static SearchRequest Parse(RestRequest request, JsonObject? body, ElasticsearchVersion version)
    {
        body ??= [];
        foreach ((string member, JsonNode? value) in body)
        {
            if (Unsupported.Contains(member) && !IsEmpty(value))
                throw Errors.NotSupported(member);
            if (!Members.Contains(member) && !Unsupported.Contains(member))
                throw Errors.Parsing($"unknown key for a START_OBJECT in [{member}].");
        }

        if (request.Flag("explain"))
            throw Errors.NotSupported("explain");
        if (request["suggest_text"] is not null)
            throw Errors.NotSupported("suggest_text");
        QueryParser parser = new(version);
        int size = request.Number("size") ?? Whole(body["size"], 10);
        int from = request.Number("from") ?? Whole(body["from"], 0);
        if (size < 0)
            throw Errors.IllegalArgument($"[size] parameter cannot be negative, found [{size}]");
        if (from < 0)
            throw Errors.IllegalArgument($"[from] parameter cannot be negative but was [{from}]");
        List<SortKey> sort = request["sort"] is { } parameter ? SortKey.Parse(parameter) : SortKey.Parse(body["sort"]);
        return new SearchRequest
        {
            Query = QueryOf(request, body, parser),
            PostFilter = body["post_filter"] is { } filter ? parser.Parse(filter) : null,
            Size = size,
            From = from,
            Sort = sort,
            After = body["search_after"] is JsonArray after ? [.. after.Select(ToSortValue)] : null,
            Source = SourceOf(request, body),
            CountUpTo = CountOf(request["track_total_hits"] ?? Json.Scalar(body["track_total_hits"])),
            AllowsPartial = request.Flag("allow_partial_search_results", true),
            HasVersions = request.Flag("version", Json.Flag(body["version"]) ?? false),
            HasSeqNos = request.Flag("seq_no_primary_term", Json.Flag(body["seq_no_primary_term"]) ?? false),
            TracksScores = request.Flag("track_scores", Json.Flag(body["track_scores"]) ?? false),
            TotalIsNumber = request.Flag("rest_total_hits_as_int"),
            Aggregations = (body["aggs"] ?? body["aggregations"]) as JsonObject ?? [],
            Highlight = body["highlight"] as JsonObject,
            DocValueFields = body["docvalue_fields"] as JsonArray
                ?? (request["docvalue_fields"] is { } names ? new JsonArray([.. Json.Strings(names).Select(name => (JsonNode?)name)]) : null),
            Fields = body["fields"] as JsonArray,
            PointInTime = Json.Scalar(body["pit"]?["id"]),
            MinScore = MinScoreOf(request["min_score"] ?? Json.Scalar(body["min_score"])),
            TerminateAfter = request.Number("terminate_after") ?? Whole(body["terminate_after"], 0),
        };
    }

    public static double? MinScoreOf(string? text)
    {
        if (text is null)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double score)
            ? score
            : throw Errors.IllegalArgument($"Failed to parse float parameter [min_score] with value [{text}]");
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => true,
        _ => Json.Scalar(value) is "false",
    };

    /// <summary>The query of the parameter <c>q</c> or of the body.</summary>
    public static Query QueryOf(RestRequest request, JsonObject body, QueryParser parser)
    {
        if (request["q"] is { } text)
        {
            return new QueryStringQuery(text)
            {
                Fields = request["df"] is { } field ? [field] : [],
                DefaultIsAnd = request["default_operator"]?.ToLowerInvariant() == "and",
                IsLenient = request["lenient"] is null ? null : request.Flag("lenient"),
            };
        }

        return body["query"] is { } query ? parser.Parse(query) : new MatchAllQuery();
    }

    private static SourceFilter SourceOf(RestRequest request, JsonObject body)
    {
        bool isAsked = request["_source"] is not null || request["_source_includes"] is not null || request["_source_excludes"] is not null;
        if (isAsked)
            return SourceFilter.From(request);
        if (body["_source"] is { } node)
            return SourceFilter.From(node);
        bool storedOnly = body["stored_fields"] is { } stored && Json.Scalar(stored) == "_none_";
        return storedOnly ? SourceFilter.From((JsonNode)JsonValue.Create(false)) : SourceFilter.Everything;
    }

    private static int? CountOf(string? text) => text switch
    {
        null => 10_000,
        "true" => int.MaxValue,
        "false" => null,
        _ when int.TryParse(text, out int limit) => limit < 0 ? int.MaxValue : limit,
        _ => throw Errors.IllegalArgument($"Failed to parse track_total_hits [{text}]"),
    };

    private static int Whole(JsonNode? node, int otherwise)
    {
        if (Json.Scalar(node) is not { } text)
            return otherwise;
        return int.TryParse(text, out int number) ? number : throw Errors.Parsing($"Failed to parse int [{text}]");
    }

    private static SortValue ToSortValue(JsonNode? node)
    {
        if (node is null)
            return SortValue.None;
        JsonValue value = node.AsValue();
        if (value.TryGetValue(out string? text))
            return SortValue.Of(text);
        if (value.TryGetValue(out long whole))
            return SortValue.Of(whole);
        return value.TryGetValue(out double number) ? SortValue.Of(number) : SortValue.Of(Json.Scalar(node)!);
    }
}
