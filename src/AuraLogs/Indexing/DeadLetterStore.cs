using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle;

namespace AuraLogs.Indexing;

/// <summary>The dead letters in the cluster: looks at them, and indexes their documents where they belong once that works.</summary>
internal sealed class DeadLetterStore(ElasticsearchClient client)
{
    private const string Indices = DeadLetterWriter.IndexPrefix + "-*";
    private const string Ndjson = "application/x-ndjson";
    private const int PageSize = 500;

    private readonly ClusterApi _cluster = new(client);

    /// <summary>The newest, and how many there are.</summary>
    public async Task<(IReadOnlyList<DeadLetter> Letters, long Total)> ListAsync(int most, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["size"] = most,
            ["track_total_hits"] = true,
            ["sort"] = new JsonArray(new JsonObject { ["@timestamp"] = new JsonObject { ["order"] = "desc", ["unmapped_type"] = "date" } }),
        };
        var answer = await _cluster.PostAsync($"/{Indices}/_search", body, cancellationToken);
        return (Hits(answer), answer.At("hits").At("total").At("value").Number() ?? throw NotElasticsearch());
    }

    /// <returns>One or none; more only where documents of several days have the same id.</returns>
    public async Task<IReadOnlyList<DeadLetter>> FindAsync(string id, CancellationToken cancellationToken) =>
        Hits(await _cluster.PostAsync($"/{Indices}/_search", new JsonObject { ["query"] = ByIds([id]) }, cancellationToken));

    /// <summary>
    /// Indexes the documents and deletes the dead letters of those that are in the index then. A document that is refused again
    /// stays a dead letter.
    /// </summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="report">Told of each page of results.</param>
    /// <param name="cancellationToken">Ends it between two pages; what was done stays done.</param>
    public async Task<ReplayResult> ReplayAsync(
        IReadOnlyCollection<string> ids, Action<ReplayResult> report, CancellationToken cancellationToken)
    {
        var result = new ReplayResult();
        var search = new JsonObject
        {
            ["size"] = PageSize,
            ["sort"] = new JsonArray("_doc"),
            ["query"] = ids.Count == 0 ? new JsonObject { ["match_all"] = new JsonObject() } : ByIds(ids),
        };
        var page = await _cluster.PostAsync($"/{Indices}/_search?scroll=5m", search, cancellationToken);
        while (Hits(page) is { Count: > 0 } letters)
        {
            result = result.Plus(await ReplayAsync(letters, cancellationToken));
            report(result);
            var next = new JsonObject { ["scroll"] = "5m", ["scroll_id"] = page.At("_scroll_id").Text() ?? throw NotElasticsearch() };
            page = await _cluster.PostAsync("/_search/scroll", next, cancellationToken);
        }

        return result;
    }

    private async Task<ReplayResult> ReplayAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        // 1. Index the documents.
        var lines = new StringBuilder();
        foreach (var letter in letters)
        {
            var action = new JsonObject { ["create"] = new JsonObject { ["_index"] = letter.Index, ["_id"] = letter.Id } };
            lines.Append(action.ToJsonString()).Append('\n').Append(letter.Document).Append('\n');
        }

        using var response = await client.SendAsync(
            HttpMethod.Post, BulkResponse.Path, Encoding.UTF8.GetBytes(lines.ToString()), Ndjson, cancellationToken);
        var answer = new BulkResponse();
        if (response.Status != 200)
            throw new ClusterRefusedException(response.Status, response.Error.Type, response.Error.Reason);
        if (!answer.TryRead(response.Body.Span, letters.Count))
            throw new ClusterRefusedException(response.Status, "", "the answer can't be read");

        // 2. Delete the letters of those that are there.
        var verdicts = answer.Verdicts.ToArray();
        var done = letters.Where((_, i) => verdicts[i] is Verdict.Indexed or Verdict.Duplicate).ToList();
        await DeleteAsync(done, cancellationToken);
        return new ReplayResult(
            verdicts.Count(verdict => verdict == Verdict.Indexed),
            verdicts.Count(verdict => verdict == Verdict.Duplicate),
            [.. answer.Errors.Select(error => error.Error.Type)]);
    }

    private async Task DeleteAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
            return;
        var lines = new StringBuilder();
        foreach (var letter in letters)
        {
            var action = new JsonObject { ["delete"] = new JsonObject { ["_index"] = letter.Home, ["_id"] = letter.Id } };
            lines.Append(action.ToJsonString()).Append('\n');
        }

        using var response = await client.SendAsync(
            HttpMethod.Post, "/_bulk?refresh=true&filter_path=errors", Encoding.UTF8.GetBytes(lines.ToString()), Ndjson, cancellationToken);
        if (!response.IsSuccess)
            throw new ClusterRefusedException(response.Status, response.Error.Type, response.Error.Reason);
    }

    private static JsonObject ByIds(IEnumerable<string> ids) =>
        new() { ["ids"] = new JsonObject { ["values"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) } };

    private static List<DeadLetter> Hits(JsonObject answer) =>
        [.. ((answer.At("hits").At("hits") as JsonArray) ?? throw NotElasticsearch()).Select(DeadLetter.FromHit)];

    private static ClusterRefusedException NotElasticsearch() => new(200, "", "the answer is not Elasticsearch's: something in between answers");
}
