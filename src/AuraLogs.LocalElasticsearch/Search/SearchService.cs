using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>
/// Runs a search: matches in each index, takes the first hits of each, merges them, aggregates over all matches, and reads
/// the documents of the page. An index that fails is reported beside the others' results, as a failed shard is.
/// </summary>
internal sealed class SearchService(ElasticsearchVersion version, TimeProvider time, string nodeId)
{
    public JsonObject Search(
        SearchRequest request, IReadOnlyList<LocalIndex> indices, SearchBudget budget, Func<LocalIndex, int>? visibleBefore = null)
    {
        long start = Stopwatch.GetTimestamp();
        SearchResult result = Run(request, indices, budget, visibleBefore);
        JsonObject answer = Describe(request, result, request.From, start, budget);
        if (request.Aggregations.Count > 0)
            answer["aggregations"] = result.Aggregations;
        return answer;
    }

    /// <summary>Matches, sorts and aggregates, without reading documents.</summary>
    public SearchResult Run(
        SearchRequest request, IReadOnlyList<LocalIndex> indices, SearchBudget budget, Func<LocalIndex, int>? visibleBefore = null, int? window = null)
    {
        List<ShardReader> readers = [];
        try
        {
            return Run(request, indices, budget, readers, visibleBefore, window);
        }
        finally
        {
            foreach (ShardReader reader in readers)
                reader.Dispose();
        }
    }

    private SearchResult Run(
        SearchRequest request, IReadOnlyList<LocalIndex> indices, SearchBudget budget, List<ShardReader> readers, Func<LocalIndex, int>? visibleBefore,
        int? window)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool byScore = request.Sort.Count == 0 || request.Sort.Exists(key => key.Field == "_score") || request.TracksScores || request.MinScore is not null;
        List<SortKey> sort = request.Sort.Count > 0 ? request.Sort : [new SortKey("_score", true)];
        List<Hit> hits = [];
        List<(SearchContext Context, DocSet Docs)> matches = [];
        List<(LocalIndex Index, ElasticsearchException Error)> failures = [];
        int total = 0;
        bool isCutShort = false;
        Aggregations.AggregationTree aggregations = Aggregations.AggregationTree.Parse(request.Aggregations, version);
        List<LocalIndex> placed = [.. indices.Where(index => ClusterHealth.StatusOf(index) != "red")];
        if (placed.Count < indices.Count && (placed.Count == 0 || !request.AllowsPartial))
            throw MissingShards(indices.Except(placed).First(), placed.Count == 0);
        foreach (LocalIndex index in placed)
        {
            try
            {
                ShardReader reader = index.OpenReader(() => CheckWindow(request, index, window));
                readers.Add(reader);
                reader.Budget = budget;
                SearchContext context = new(index, reader, now, visibleBefore?.Invoke(index) ?? int.MaxValue);
                aggregations.Check(context);
                ScoreBoard? scores = byScore ? new ScoreBoard() : null;
                DocSet docs = request.Query.Match(context, scores);
                docs.IntersectWith(context.All());
                isCutShort |= Limit(docs, request, scores);
                matches.Add((context, docs));
                DocSet shown = docs;
                if (request.PostFilter is { } filter)
                {
                    shown = docs.Clone();
                    shown.IntersectWith(filter.Match(context, null));
                }

                total += shown.Count;
                hits.AddRange(new Sorter(context, sort, request.After, scores).Top(shown, window ?? (request.From + request.Size)));
            }
            catch (ElasticsearchException e) when (e.Type is not ("index_not_found_exception" or "circuit_breaking_exception" or "task_cancelled_exception"))
            {
                failures.Add((index, e));
            }
        }

        if (failures.Count > 0 && failures.Count == indices.Count)
            throw AllFailed(failures);
        hits.Sort((a, b) => Order(a, b, sort));
        return new SearchResult
        {
            Hits = hits,
            Total = total,
            Indices = indices.Count,
            Successful = placed.Count - failures.Count,
            Failures = failures,
            HasScores = byScore,
            IsCutShort = isCutShort,
            Aggregations = aggregations.Compute(matches),
        };
    }

    /// <summary>Takes away what <c>min_score</c> and <c>terminate_after</c> leave out; tells whether the latter left something out.</summary>
    private static bool Limit(DocSet docs, SearchRequest request, ScoreBoard? scores)
    {
        bool isCutShort = request.TerminateAfter > 0 && docs.Count > request.TerminateAfter;
        if (!isCutShort && request.MinScore is null)
            return false;
        int kept = 0;
        foreach (int doc in docs.Members())
        {
            bool isKept = (request.MinScore is not { } least || scores!.ScoreOf(doc) >= least) && (!isCutShort || kept < request.TerminateAfter);
            if (isKept)
                kept++;
            else
                docs.Remove(doc);
        }

        return isCutShort;
    }

    /// <summary>The answer for a page of the result.</summary>
    public JsonObject Describe(SearchRequest request, SearchResult result, int from, long start, SearchBudget budget)
    {
        JsonArray page = [];
        float? best = null;
        Dictionary<LocalIndex, ShardReader?> readers = [];
        try
        {
            foreach (Hit hit in result.Hits.Skip(from).Take(request.Size))
            {
                budget.Check();
                if (ReaderOf(hit.Context.Index, readers)?.Get(hit.Doc) is not { } document)
                    continue;

                // Once as it is stored, and about once more as JSON in the answer.
                budget.Take(2L * document.Source.Length);
                page.Add(Describe(request, result, hit, document));
            }
        }
        finally
        {
            foreach (ShardReader? reader in readers.Values)
                reader?.Dispose();
        }

        if (result.HasScores && page.Count > 0)
            best = result.Hits.Max(hit => hit.Score);
        JsonObject hits = [];
        if (request.CountUpTo is { } limit)
        {
            bool isExact = result.Total <= limit;
            hits["total"] = request.TotalIsNumber
                ? result.Total
                : new JsonObject { ["value"] = isExact ? result.Total : limit, ["relation"] = isExact ? "eq" : "gte" };
        }

        hits["max_score"] = best is { } score ? score : result.Indices == 0 ? 0.0f : null;
        hits["hits"] = page;
        JsonObject answer = new() { ["took"] = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, ["timed_out"] = false };
        if (request.TerminateAfter > 0)
            answer["terminated_early"] = result.IsCutShort;
        answer["_shards"] = Shards(result);
        answer["hits"] = hits;
        return answer;
    }

    public JsonObject Shards(SearchResult result)
    {
        JsonObject shards = new()
        {
            ["total"] = result.Indices,
            ["successful"] = result.Successful,
            ["skipped"] = 0,
            ["failed"] = result.Failures.Count,
        };
        if (result.Failures.Count > 0)
            shards["failures"] = new JsonArray([.. result.Failures.Select(failure => (JsonNode?)Failure(failure.Index, failure.Error))]);
        return shards;
    }

    /// <summary>A reader for the documents of a page, which may be asked for long after the search; null when the index is gone.</summary>
    private static ShardReader? ReaderOf(LocalIndex index, Dictionary<LocalIndex, ShardReader?> readers)
    {
        if (readers.TryGetValue(index, out ShardReader? reader))
            return reader;
        try
        {
            return readers[index] = index.OpenReader();
        }
        catch (ElasticsearchException)
        {
            return readers[index] = null;
        }
    }

    private JsonObject Describe(SearchRequest request, SearchResult result, Hit hit, StoredDocument document)
    {
        LocalIndex index = hit.Context.Index;
        JsonObject json = new() { ["_index"] = index.Name };
        if (version.HasTypes)
            json["_type"] = "_doc";
        json["_id"] = document.Id;
        if (request.HasVersions)
            json["_version"] = document.Version;
        if (request.HasSeqNos)
        {
            json["_seq_no"] = document.Number;
            json["_primary_term"] = index.PrimaryTerm;
        }

        bool showsScore = request.Sort.Count == 0 || request.TracksScores || request.Sort.Exists(key => key.Field == "_score");
        json["_score"] = result.HasScores && showsScore ? hit.Score : null;
        if (request.Source.Apply(document.Source) is { } source)
            json["_source"] = source;
        if (FetchedFields.Of(request, hit.Context, document) is { Count: > 0 } fields)
            json["fields"] = fields;
        if (request.Highlight is { } highlight && Highlighter.Highlight(highlight, request.Query, hit.Context, document) is { Count: > 0 } marked)
            json["highlight"] = marked;
        if (request.Sort.Count > 0)
            json["sort"] = new JsonArray([.. request.Sort.Select((key, i) => SortOutput(key, hit.Sort[i], hit.Context))]);
        return json;
    }

    private static JsonNode? SortOutput(SortKey key, SortValue value, SearchContext context)
    {
        FieldMapping? field = context.Mapping.Field(key.Field);
        bool isWhole = field is { Family: FieldFamily.Integer or FieldFamily.Date or FieldFamily.Boolean }
            || (field is null && key.UnmappedType is "long" or "date" or "integer" or "boolean");
        if (value.IsNone && isWhole)
            return key.IsDescending == (key.Missing == "_last") ? long.MinValue : long.MaxValue;
        if (value.IsNone && field is { Family: FieldFamily.Real })
            return key.IsDescending == (key.Missing == "_last") ? "-Infinity" : "Infinity";
        if (key.Format is not null && value.Whole is { } millis && field is { Family: FieldFamily.Date })
            return DateFormat.Parse(key.Format).Format(field.Type == "date_nanos" ? millis / 1_000_000 : millis);
        return value.ToJson();
    }

    private static int Order(Hit a, Hit b, List<SortKey> sort)
    {
        for (int i = 0; i < sort.Count; i++)
            if (SortValue.Compare(a.Sort[i], b.Sort[i], sort[i]) is not 0 and int order)
                return order;
        int byIndex = string.CompareOrdinal(a.Context.Index.Name, b.Context.Index.Name);
        return byIndex != 0 ? byIndex : a.Doc.CompareTo(b.Doc);
    }

    private static void CheckWindow(SearchRequest request, LocalIndex index, int? window)
    {
        int wanted = request.From + request.Size;
        if (window is null && wanted > index.Settings.MaxResultWindow)
        {
            throw Errors.IllegalArgument(
                $"Result window is too large, from + size must be less than or equal to: [{index.Settings.MaxResultWindow}] but was [{wanted}]. "
                + "See the scroll api for a more efficient way to request large data sets. "
                + "This limit can be set by changing the [index.max_result_window] index level setting.");
        }
    }

    /// <summary>An index that asks for a node that there isn't can't be searched.</summary>
    private static ElasticsearchException MissingShards(LocalIndex index, bool all)
    {
        static JsonObject None() => new() { ["phase"] = "query", ["grouped"] = true, ["failed_shards"] = new JsonArray() };
        if (all)
            return new ElasticsearchException(503, "search_phase_execution_exception", "all shards failed") { RootCauses = [], Details = None() };
        string reason = $"Search rejected due to missing shards [[{index.Name}][0]]. Consider using `allow_partial_search_results` setting to bypass this error.";
        return new ElasticsearchException(503, "search_phase_execution_exception", "")
        {
            RootCauses = [],
            Details = None(),
            CausedBy = new ElasticsearchException(503, "search_phase_execution_exception", reason) { Details = None() },
        };
    }

    private ElasticsearchException AllFailed(List<(LocalIndex Index, ElasticsearchException Error)> failures)
    {
        List<ElasticsearchException> roots = [.. failures.Select(failure => Located(failure.Index, failure.Error))];
        return new ElasticsearchException(roots[0].Status, "search_phase_execution_exception", "all shards failed")
        {
            RootCauses = roots,
            Details = new JsonObject
            {
                ["phase"] = "query",
                ["grouped"] = true,
                ["failed_shards"] = new JsonArray([.. failures.Select(failure => (JsonNode?)Failure(failure.Index, failure.Error))]),
            },
            CausedBy = roots[0].Type == "illegal_argument_exception"
                ? Errors.IllegalArgument(roots[0].Message, Errors.IllegalArgument(roots[0].Message))
                : null,
        };
    }

    private JsonObject Failure(LocalIndex index, ElasticsearchException error) => new()
    {
        ["shard"] = 0,
        ["index"] = index.Name,
        ["node"] = nodeId,
        ["reason"] = Located(index, error).ToError(),
    };

    /// <summary>A query's mistake names the index that noticed it.</summary>
    private static ElasticsearchException Located(LocalIndex index, ElasticsearchException error) =>
        error.Type != "query_shard_exception"
            ? error
            : new ElasticsearchException(error.Status, error.Type, error.Message)
            {
                CausedBy = error.CausedBy,
                Details = new JsonObject { ["index_uuid"] = index.Uuid, ["index"] = index.Name },
            };
}
