using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Documents;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary><c>_search</c>, <c>_msearch</c>, <c>_count</c>, <c>_validate/query</c>, <c>_delete_by_query</c>.</summary>
internal sealed class SearchApi(
    SearchService search, SearchContexts contexts, SearchBudgets budgets, IndexExpressions expressions, DocumentWriter writer, ElasticsearchVersion version)
{
    private const string QueryParameters = "q df analyzer analyze_wildcard default_operator lenient preference routing ";

    public void Register(Router router)
    {
        router.Add("GET|POST", "/_search /{index}/_search", SearchRequest.Parameters + IndexExpressions.Parameters, Search, Lane.Search);
        router.Add(
            "GET|POST", "/_msearch /{index}/_msearch",
            "max_concurrent_searches max_concurrent_shard_requests pre_filter_shard_size rest_total_hits_as_int search_type ccs_minimize_roundtrips "
            + IndexExpressions.Parameters, MultiSearch, Lane.Search);
        router.Add("GET|POST", "/_count /{index}/_count", QueryParameters + "min_score terminate_after " + IndexExpressions.Parameters, Count, Lane.Search);
        router.Add(
            "GET|POST", "/_validate/query /{index}/_validate/query",
            QueryParameters + "explain rewrite all_shards " + IndexExpressions.Parameters, Validate, Lane.Search);
        router.Add(
            "POST", "/{index}/_delete_by_query",
            QueryParameters + "conflicts refresh timeout slices scroll scroll_size max_docs wait_for_completion requests_per_second wait_for_active_shards "
            + IndexExpressions.Parameters, DeleteByQuery, Lane.Search);
        router.Add("GET|POST", "/_search/scroll /_search/scroll/{scroll_id}", "scroll scroll_id rest_total_hits_as_int", Scroll, Lane.Search);
        router.Add("DELETE", "/_search/scroll /_search/scroll/{scroll_id}", "scroll_id", ClearScroll);
        if (!version.HasPointInTime)
            return;
        router.Add("POST", "/{index}/_pit", "keep_alive preference routing allow_partial_search_results " + IndexExpressions.Parameters, OpenPointInTime, Lane.Search);
        router.Add("DELETE", "/_pit", "", ClosePointInTime);
    }

    private RestResponse Search(RestRequest request)
    {
        JsonObject? body = request.JsonBody();
        SearchRequest parsed = SearchRequest.Parse(request, body, version);
        WarnOfIdSort(request, parsed);
        if (parsed.PointInTime is { } id)
        {
            PointInTime point = contexts.GetPointInTime(id, Json.Scalar(body!["pit"]!["keep_alive"]));
            JsonObject answer = search.Search(parsed, point.Indices, StartBudget(request), point.VisibleBefore);
            answer.Insert(0, "pit_id", id);
            return answer;
        }

        List<LocalIndex> indices = Readable(expressions.Resolve(request));
        return request["scroll"] is { } keepAlive
            ? contexts.StartScroll(parsed, indices, keepAlive, request.Owner, budgets.Start(request.Cancel))
            : search.Search(parsed, indices, StartBudget(request));
    }

    private RestResponse MultiSearch(RestRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        SearchBudget budget = StartBudget(request);
        JsonArray responses = [];
        foreach ((JsonObject header, JsonObject body) in ParseMultiSearch(request.Body))
        {
            // A mistake in a body refuses the whole request, one in its index only its own part.
            RestRequest one = new()
            {
                Method = request.Method,
                Path = request.Path,
                Body = default,
                Parameters = request.Parameters.Where(p => p.Key == "rest_total_hits_as_int").ToDictionary(p => p.Key, p => p.Value),
            };
            SearchRequest parsed = SearchRequest.Parse(one, body, version);
            responses.Add(SearchOne(request, header, parsed, budget));
        }

        return new JsonObject { ["took"] = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, ["responses"] = responses };
    }

    private JsonObject SearchOne(RestRequest request, JsonObject header, SearchRequest parsed, SearchBudget budget)
    {
        try
        {
            string? index = header["index"] is { } named ? string.Join(',', Json.Strings(named)) : request["index"];
            List<LocalIndex> indices = expressions.Resolve(
                index, Json.Flag(header["ignore_unavailable"]) ?? request.Flag("ignore_unavailable"), Json.Flag(header["allow_no_indices"]) ?? true, false);
            JsonObject answer = search.Search(parsed, Readable(indices), budget);
            answer["status"] = 200;
            return answer;
        }
        catch (ElasticsearchException e)
        {
            return e.ToBody();
        }
    }

    private static List<(JsonObject Header, JsonObject Body)> ParseMultiSearch(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw Errors.Parse("request body is required");
        Json.CheckLength(body.Length);
        if (body.Span[^1] != (byte)'\n')
            throw Errors.IllegalArgument("The msearch request must be terminated by a newline [\n]");
        List<(JsonObject, JsonObject)> parts = [];
        string[] lines = System.Text.Encoding.UTF8.GetString(body.Span).Split('\n');
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            JsonObject header = Json.ParseObject(Json.Utf8(lines[i])) ?? [];
            parts.Add((header, Json.ParseObject(Json.Utf8(lines[i + 1])) ?? []));
        }

        return parts.Count == 0 ? throw Errors.Validation("no requests added") : parts;
    }

    private RestResponse Count(RestRequest request)
    {
        Query query = QueryOf(request);
        List<LocalIndex> indices = Readable(expressions.Resolve(request));
        SearchResult result = search.Run(
            new SearchRequest
            {
                Query = query,
                Size = 0,
                MinScore = SearchRequest.MinScoreOf(request["min_score"]),
                TerminateAfter = request.Number("terminate_after") ?? 0,
            },
            indices, StartBudget(request));
        return new JsonObject { ["count"] = result.Total, ["_shards"] = search.Shards(result) };
    }

    private RestResponse Validate(RestRequest request)
    {
        List<LocalIndex> indices = expressions.Resolve(request);
        JsonObject shards = new() { ["total"] = indices.Count, ["successful"] = indices.Count, ["failed"] = 0 };
        try
        {
            search.Run(new SearchRequest { Query = QueryOf(request), Size = 0 }, indices, StartBudget(request));
            return new JsonObject { ["_shards"] = shards, ["valid"] = true };
        }
        catch (ElasticsearchException e)
        {
            JsonObject answer = new() { ["_shards"] = shards, ["valid"] = false };
            if (request.Flag("explain"))
                answer["error"] = e.Message;
            return answer;
        }
    }

    private RestResponse DeleteByQuery(RestRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        JsonObject body = request.JsonBody() ?? [];
        if (request["q"] is null && body["query"] is null)
            throw Errors.Validation("query is missing");
        Query query = SearchRequest.QueryOf(request, body, new QueryParser(version));
        List<LocalIndex> indices = Readable(expressions.Resolve(request));
        SearchResult found = search.Run(
            new SearchRequest { Query = query, Sort = [new SortKey("_doc", false)] }, indices, StartBudget(request),
            window: request.Number("max_docs") ?? int.MaxValue);
        List<WriteOperation> deletes = [];
        foreach (Hit hit in found.Hits)
            lock (hit.Context.Index.Shard.Gate)
                if (!hit.Context.Index.IsDeleted && hit.Context.Index.Shard.Get(hit.Doc) is { } document)
                    deletes.Add(new WriteOperation { Action = WriteAction.Delete, Index = hit.Context.Index.Name, Id = document.Id });
        WriteResult[] results = deletes.Count == 0 ? [] : writer.Write(deletes);
        if (Array.Find(results, result => result.Error is not null) is { Error: { } error })
            throw error;
        int deleted = results.Count(result => result.Result == "deleted");
        return new JsonObject
        {
            ["took"] = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            ["timed_out"] = false,
            ["total"] = deletes.Count,
            ["deleted"] = deleted,
            ["batches"] = deletes.Count == 0 ? 0 : 1,
            ["version_conflicts"] = 0,
            ["noops"] = 0,
            ["retries"] = new JsonObject { ["bulk"] = 0, ["search"] = 0 },
            ["throttled_millis"] = 0,
            ["requests_per_second"] = -1.0,
            ["throttled_until_millis"] = 0,
            ["failures"] = new JsonArray(),
        };
    }

    private RestResponse Scroll(RestRequest request)
    {
        JsonObject body = request.JsonBody() ?? [];
        string id = Json.Scalar(body["scroll_id"]) ?? request["scroll_id"] ?? throw Errors.Validation("scrollId is missing");
        return contexts.NextScroll(id, Json.Scalar(body["scroll"]) ?? request["scroll"], StartBudget(request));
    }

    private RestResponse ClearScroll(RestRequest request)
    {
        JsonObject body = request.JsonBody() ?? [];
        int freed = 0;
        foreach (string id in Json.Strings(body["scroll_id"] ?? request["scroll_id"]))
            freed += id == "_all" ? contexts.ClearScrolls() : contexts.ClearScroll(id);
        return new RestResponse { Status = freed == 0 ? 404 : 200, Json = new JsonObject { ["succeeded"] = true, ["num_freed"] = freed } };
    }

    private RestResponse OpenPointInTime(RestRequest request) =>
        new JsonObject { ["id"] = contexts.OpenPointInTime(Readable(expressions.Resolve(request)), request.Required("keep_alive"), request.Owner) };

    private RestResponse ClosePointInTime(RestRequest request)
    {
        string id = Json.Scalar(request.RequiredBody()["id"]) ?? throw Errors.Validation("id is empty");
        int freed = contexts.ClosePointInTime(id);
        return new RestResponse { Status = freed == 0 ? 404 : 200, Json = new JsonObject { ["succeeded"] = freed > 0, ["num_freed"] = freed } };
    }

    /// <summary>What the search may take; it is given back with the answer.</summary>
    private SearchBudget StartBudget(RestRequest request)
    {
        SearchBudget budget = budgets.Start(request.Cancel);
        request.Held.Add(budget);
        return budget;
    }

    private Query QueryOf(RestRequest request)
    {
        JsonObject body = request.JsonBody() ?? [];
        foreach ((string member, _) in body)
            if (member != "query")
                throw Errors.Parsing($"request does not support [{member}]");
        return SearchRequest.QueryOf(request, body, new QueryParser(version));
    }

    private void WarnOfIdSort(RestRequest request, SearchRequest parsed)
    {
        if (version.HasTypes && parsed.Sort.Exists(key => key.Field == "_id"))
        {
            request.Warnings.Add(
                "Loading the fielddata on the _id field is deprecated and will be removed in future versions. If you require sorting or aggregating on "
                + "this field you should also include the id in the body of your documents, and map this field as a keyword field that has [doc_values] enabled");
        }
    }

    private static List<LocalIndex> Readable(List<LocalIndex> indices)
    {
        foreach (LocalIndex index in indices)
            IndexBlocks.CheckRead(index);
        return indices;
    }
}
