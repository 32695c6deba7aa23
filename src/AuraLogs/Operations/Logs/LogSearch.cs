using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;

namespace AuraLogs.Operations.Logs;

/// <summary>
/// Looks into the indices for the page's logs view. By default only the local Elasticsearch is searched: the operations port must not
/// be a way around the authentication of a real cluster, unless <see cref="OperationsOptions.Logs"/> says so.
/// </summary>
internal sealed class LogSearch(ElasticsearchClient client, IndexingOptions indexing, LifecycleOptions lifecycle, TimeProvider time)
{
    private const int MostBuckets = 100;
    private const int MostValues = 10;
    private const string Timestamp = "@timestamp";

    private readonly string _indices = $"/{Uri.EscapeDataString(indexing.IndexPrefix)}-*";

    /// <summary>The newest events of the scope, their number, and a histogram over its time.</summary>
    public async Task<LogPage> SearchAsync(LogScope scope, int size, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var from = scope.From ?? now.AddDays(-lifecycle.RetentionDays - 1);
        var interval = HistogramInterval.For((scope.To ?? now) - from, MostBuckets);
        var answer = await AskAsync(
            "/_search?ignore_unavailable=true",
            new JsonObject
            {
                ["size"] = size,
                ["track_total_hits"] = true,
                ["query"] = QueryOf(scope with { From = from }),
                ["sort"] = new JsonArray(new JsonObject { [Timestamp] = "desc" }),
                ["aggs"] = new JsonObject
                {
                    ["time"] = new JsonObject
                    {
                        ["date_histogram"] = new JsonObject { ["field"] = Timestamp, ["fixed_interval"] = $"{(long)interval.TotalMilliseconds}ms" },
                    },
                },
            },
            cancellationToken);
        return PeerJson.Read(answer, page => new LogPage(
            page.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64(),
            (long)interval.TotalMilliseconds,
            HistogramInterval.Fill(BucketsOf(page), from, scope.To ?? now, interval),
            [.. page.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(HitOf)]));
    }

    /// <summary>The fields that events have, with the field that has the exact values, when there is one.</summary>
    public async Task<LogFields> FieldsAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync("/_field_caps?fields=*&ignore_unavailable=true", body: null, cancellationToken);
        return PeerJson.Read(answer, FieldsOf);
    }

    /// <summary>The most frequent values of a field within the scope.</summary>
    public async Task<LogValues> ValuesAsync(LogScope scope, string field, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            "/_search?ignore_unavailable=true",
            new JsonObject
            {
                ["size"] = 0,
                ["query"] = QueryOf(scope),
                ["aggs"] = new JsonObject
                {
                    ["values"] = new JsonObject { ["terms"] = new JsonObject { ["field"] = field, ["size"] = MostValues } },
                },
            },
            cancellationToken);
        return PeerJson.Read(answer, values => new LogValues(
        [
            .. Aggregation(values, "values").Select(bucket => new LogValue(
                bucket.TryGetProperty("key_as_string", out var text) ? text.GetString()! : bucket.GetProperty("key").ToString(),
                bucket.GetProperty("doc_count").GetInt64())),
        ]));
    }

    private static LogFields FieldsOf(JsonElement answer)
    {
        const string Exact = ".keyword";
        var types = answer.GetProperty("fields").EnumerateObject()
            .Where(field => !field.Name.StartsWith('_') && field.Name != Timestamp)
            .ToDictionary(field => field.Name, field => field.Value.EnumerateObject().First());
        var fields =
            from field in types
            where field.Value.Name is not ("object" or "nested")
            where !(field.Key.EndsWith(Exact, StringComparison.Ordinal) && types.ContainsKey(field.Key[..^Exact.Length]))
            orderby field.Key
            let exact = types.ContainsKey(field.Key + Exact) ? field.Key + Exact
                : field.Value.Value.GetProperty("aggregatable").GetBoolean() ? field.Key : null
            select new LogField(field.Key, field.Value.Name, exact);
        return new LogFields([.. fields]);
    }

    private static JsonObject QueryOf(LogScope scope)
    {
        var must = new JsonArray();
        if (!string.IsNullOrWhiteSpace(scope.Query))
        {
            must.Add(new JsonObject
            {
                ["query_string"] = new JsonObject { ["query"] = scope.Query, ["default_operator"] = "AND", ["lenient"] = true },
            });
        }

        var range = new JsonObject { ["format"] = "strict_date_optional_time" };
        if (scope.From is { } from)
            range["gte"] = TextOf(from);
        if (scope.To is { } to)
            range["lte"] = TextOf(to);
        must.Add(new JsonObject { ["range"] = new JsonObject { [Timestamp] = range } });
        return new JsonObject { ["bool"] = new JsonObject { ["filter"] = must } };
    }

    private async Task<JsonElement> AskAsync(string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            body is null ? HttpMethod.Get : HttpMethod.Post, _indices + path, body, cancellationToken);
        return response.IsSuccess ? response.ReadJson() : throw new LogSearchException(response.Status, response.Error.Reason);
    }

    private static List<LogBucket> BucketsOf(JsonElement answer) =>
        [.. Aggregation(answer, "time").Select(bucket => new LogBucket(bucket.GetProperty("key").GetInt64(), bucket.GetProperty("doc_count").GetInt64()))];

    // Without any index there are no aggregations in the answer.
    private static IEnumerable<JsonElement> Aggregation(JsonElement answer, string name) =>
        answer.TryGetProperty("aggregations", out var aggregations)
            ? aggregations.GetProperty(name).GetProperty("buckets").EnumerateArray()
            : Enumerable.Empty<JsonElement>();

    private static LogHit HitOf(JsonElement hit) =>
        new(hit.GetProperty("_index").GetString()!, hit.GetProperty("_id").GetString()!, hit.GetProperty("_source"));

    private static string TextOf(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
