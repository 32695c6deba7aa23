using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Searches that go on over several requests: scrolls and points in time. They end when nobody asks for a while.</summary>
internal sealed class SearchContexts(SearchService search, TimeProvider time)
{
    /// <summary>Elasticsearch's <c>search.max_open_scroll_context</c>.</summary>
    private const int MaxOpen = 500;

    /// <summary>So that one client leaves room for the others.</summary>
    private const int MaxOpenByOwner = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Scroll> _scrolls = [];
    private readonly Dictionary<string, PointInTime> _points = [];
    private long _lastId;

    public JsonObject StartScroll(SearchRequest request, IReadOnlyList<LocalIndex> indices, string keepAlive, string owner, SearchBudget budget)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            TimeSpan lifetime = TimeValue.Parse(keepAlive, "scroll");
            SearchResult result = search.Run(request, indices, budget, window: int.MaxValue);
            Scroll scroll = new(request, result, budget) { Lifetime = lifetime, Owner = owner };
            JsonObject page = Page(scroll, start, isFirst: true, budget);
            page.Insert(0, "_scroll_id", Add(_scrolls, scroll));
            return page;
        }
        catch
        {
            budget.Dispose();
            throw;
        }
    }

    public JsonObject NextScroll(string id, string? keepAlive, SearchBudget budget)
    {
        long start = Stopwatch.GetTimestamp();
        Scroll? scroll;
        lock (_gate)
        {
            RemoveExpired();
            if (!_scrolls.TryGetValue(id, out scroll))
                throw Missing(id);
            scroll.Touch(keepAlive, time.GetUtcNow());
        }

        JsonObject page = Page(scroll, start, isFirst: false, budget);
        page.Insert(0, "_scroll_id", id);
        return page;
    }

    public int ClearScroll(string id)
    {
        lock (_gate)
        {
            if (!_scrolls.Remove(id, out Scroll? scroll))
                return 0;
            scroll.Budget.Dispose();
            return Math.Max(1, scroll.Result.Indices);
        }
    }

    public int ClearScrolls()
    {
        lock (_gate)
        {
            int freed = _scrolls.Values.Sum(scroll => Math.Max(1, scroll.Result.Indices));
            foreach (Scroll scroll in _scrolls.Values)
                scroll.Budget.Dispose();
            _scrolls.Clear();
            return freed;
        }
    }

    public string OpenPointInTime(List<LocalIndex> indices, string keepAlive, string owner)
    {
        Dictionary<LocalIndex, int> limits = [];
        foreach (LocalIndex index in indices)
            lock (index.Shard.Gate)
            {
                index.CheckOpen();
                limits[index] = index.Shard.NextNumber;
            }

        return Add(_points, new PointInTime(indices, limits) { Lifetime = TimeValue.Parse(keepAlive, "keep_alive"), Owner = owner });
    }

    public PointInTime GetPointInTime(string id, string? keepAlive)
    {
        lock (_gate)
        {
            RemoveExpired();
            if (!_points.TryGetValue(id, out PointInTime? point))
                throw Missing(id);
            point.Touch(keepAlive, time.GetUtcNow());
            return point;
        }
    }

    public int ClosePointInTime(string id)
    {
        lock (_gate)
            return _points.Remove(id, out PointInTime? point) ? Math.Max(1, point.Indices.Count) : 0;
    }

    private JsonObject Page(Scroll scroll, long start, bool isFirst, SearchBudget budget)
    {
        JsonObject page;
        lock (scroll)
        {
            page = search.Describe(scroll.Request, scroll.Result, scroll.Position, start, budget);
            scroll.Position += scroll.Request.Size;
        }

        if (!isFirst)
            page.Insert(2, "terminated_early", false);
        if (isFirst && scroll.Request.Aggregations.Count > 0)
            page["aggregations"] = scroll.Result.Aggregations;
        return page;
    }

    private string Add<T>(Dictionary<string, T> contexts, T context)
        where T : OpenContext
    {
        context.Touch(null, time.GetUtcNow());
        lock (_gate)
        {
            RemoveExpired();
            bool isFull = contexts.Count >= MaxOpen;
            if (isFull || contexts.Values.Count(open => open.Owner == context.Owner) >= MaxOpenByOwner)
            {
                throw new ElasticsearchException(
                    429, "es_rejected_execution_exception",
                    $"Trying to create too many scroll contexts. Must be less than or equal to: [{(isFull ? MaxOpen : MaxOpenByOwner)}].");
            }

            string id = $"{Ids.Uuid()}{++_lastId}";
            contexts[id] = context;
            return id;
        }
    }

    private void RemoveExpired()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (string id in _scrolls.Where(entry => entry.Value.Expires < now).Select(entry => entry.Key).ToList())
            if (_scrolls.Remove(id, out Scroll? scroll))
                scroll.Budget.Dispose();
        foreach (string id in _points.Where(entry => entry.Value.Expires < now).Select(entry => entry.Key).ToList())
            _points.Remove(id);
    }

    private static ElasticsearchException Missing(string id)
    {
        ElasticsearchException cause = new(404, "search_context_missing_exception", $"No search context found for id [{id}]");
        return new ElasticsearchException(404, "search_phase_execution_exception", "all shards failed")
        {
            RootCauses = [cause],
            CausedBy = cause,
            Details = new JsonObject
            {
                ["phase"] = "query",
                ["grouped"] = true,
                ["failed_shards"] = new JsonArray(new JsonObject { ["shard"] = -1, ["index"] = null, ["reason"] = cause.ToError() }),
            },
        };
    }
}
