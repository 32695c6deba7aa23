using System.Diagnostics;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Searches that go on over several requests: scrolls and points in time. They end when nobody asks for a while.</summary>
internal sealed class SearchContexts(SearchService search, TimeProvider time)
{
    /// <summary>Elasticsearch's <c>search.max_open_scroll_context</c>.</summary>
    private const int MaxOpen = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Scroll> _scrolls = [];
    private readonly Dictionary<string, PointInTime> _points = [];
    private long _lastId;

    public JsonObject StartScroll(SearchRequest request, IReadOnlyList<LocalIndex> indices, string keepAlive)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan lifetime = TimeValue.Parse(keepAlive, "scroll");
        SearchResult result = search.Run(request, indices, window: int.MaxValue);
        Scroll scroll = new(request, result) { Lifetime = lifetime };
        string id = Add(_scrolls, scroll);
        return Page(scroll, id, start, isFirst: true);
    }

    public JsonObject NextScroll(string id, string? keepAlive)
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

        return Page(scroll, id, start, isFirst: false);
    }

    public int ClearScroll(string id)
    {
        lock (_gate)
            return _scrolls.Remove(id, out Scroll? scroll) ? Math.Max(1, scroll.Result.Indices) : 0;
    }

    public int ClearScrolls()
    {
        lock (_gate)
        {
            int freed = _scrolls.Values.Sum(scroll => Math.Max(1, scroll.Result.Indices));
            _scrolls.Clear();
            return freed;
        }
    }

    public string OpenPointInTime(List<LocalIndex> indices, string keepAlive)
    {
        Dictionary<LocalIndex, int> limits = [];
        foreach (LocalIndex index in indices)
            lock (index.Shard.Gate)
            {
                index.CheckOpen();
                limits[index] = index.Shard.NextNumber;
            }

        return Add(_points, new PointInTime(indices, limits) { Lifetime = TimeValue.Parse(keepAlive, "keep_alive") });
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

    private JsonObject Page(Scroll scroll, string id, long start, bool isFirst)
    {
        JsonObject page;
        lock (scroll)
        {
            page = search.Describe(scroll.Request, scroll.Result, scroll.Position, start);
            scroll.Position += scroll.Request.Size;
        }

        page.Insert(0, "_scroll_id", id);
        if (!isFirst)
            page.Insert(3, "terminated_early", false);
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
            if (contexts.Count >= MaxOpen)
            {
                throw new ElasticsearchException(
                    500, "es_exception", $"Trying to create too many scroll contexts. Must be less than or equal to: [{MaxOpen}].");
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
            _scrolls.Remove(id);
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
