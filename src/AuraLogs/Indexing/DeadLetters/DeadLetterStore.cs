using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>The dead letters in the cluster: looks at them, and indexes their documents where they belong once that works.</summary>
internal sealed class DeadLetterStore(ElasticsearchClient client, IndexingOptions options)
{
    private const string Indices = IndexConventions.DeadLetterPrefix + "-*";
    private const string Ndjson = "application/x-ndjson";

    /// <summary>Letters whose names are asked for at once.</summary>
    private const int PageSize = 500;

    /// <summary>Letters that are read at once; fewer where they are large.</summary>
    private const int BatchSize = 50;

    /// <summary>The most bytes of a request, as those of the service; a larger document goes alone.</summary>
    private const int MostBytes = 4 << 20;

    private const int TooLarge = 413;

    private readonly ClusterApi _cluster = new(client);
    private readonly BulkPath _path = new(client, options);

    /// <summary>The newest, and how many there are.</summary>
    public async Task<(IReadOnlyList<DeadLetter> Letters, long Total)> ListAsync(int most, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["size"] = most,
            ["track_total_hits"] = true,
            ["_source"] = new JsonObject { ["excludes"] = new JsonArray("document") },
            ["sort"] = new JsonArray(new JsonObject { ["@timestamp"] = new JsonObject { ["order"] = "desc", ["unmapped_type"] = "date" } }),
        };
        var answer = await _cluster.PostAsync($"/{Indices}/_search", body, cancellationToken);
        return ([.. Hits(answer).Select(DeadLetter.FromHit)], answer.At("hits").At("total").At("value").Number() ?? throw NotElasticsearch());
    }

    /// <returns>One or none; more only where documents of several days have the same id.</returns>
    public async Task<IReadOnlyList<DeadLetter>> FindAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await _cluster.PostAsync($"/{Indices}/_search", new JsonObject { ["query"] = ByIds([id]) }, cancellationToken);
        return [.. Hits(answer).Select(DeadLetter.FromHit)];
    }

    /// <summary>
    /// Indexes the documents and deletes the dead letters of those that are in the index then. A document that is refused again
    /// stays a dead letter. Requests and answers are bounded in bytes, however many letters there are and however large each is.
    /// </summary>
    /// <param name="ids">Which; empty for all.</param>
    /// <param name="report">Told of each batch of results.</param>
    /// <param name="cancellationToken">Ends it between two batches; what was done stays done.</param>
    public async Task<ReplayResult> ReplayAsync(
        IReadOnlyCollection<string> ids, Action<ReplayResult> report, CancellationToken cancellationToken)
    {
        var result = new ReplayResult();
        var search = new JsonObject
        {
            ["size"] = PageSize,
            ["sort"] = new JsonArray("_doc"),
            ["_source"] = false,
            ["query"] = ids.Count == 0 ? new JsonObject { ["match_all"] = new JsonObject() } : ByIds(ids),
        };
        var page = await _cluster.PostAsync($"/{Indices}/_search?scroll=5m", search, cancellationToken);
        while (Hits(page) is { Count: > 0 } names)
        {
            foreach (var batch in names.Chunk(BatchSize))
            {
                foreach (var letters in InRequests(await ReadAsync(batch, cancellationToken)))
                    result = result.Plus(await ReplayAsync(letters, cancellationToken));
                report(result);
            }

            var next = new JsonObject { ["scroll"] = "5m", ["scroll_id"] = page.At("_scroll_id").Text() ?? throw NotElasticsearch() };
            page = await _cluster.PostAsync("/_search/scroll", next, cancellationToken);
        }

        return result;
    }

    /// <summary>Reads the letters; those that are gone by now are left out.</summary>
    private async Task<List<DeadLetter>> ReadAsync(JsonNode?[] names, CancellationToken cancellationToken)
    {
        var wanted = names.Select(name => (JsonNode)new JsonObject { ["_index"] = name.At("_index").Text(), ["_id"] = name.At("_id").Text() });
        try
        {
            var answer = await _cluster.PostAsync("/_mget", new JsonObject { ["docs"] = new JsonArray([.. wanted]) }, cancellationToken);
            return [.. answer.At("docs").Objects().Where(letter => letter.At("found").Flag() == true).Select(DeadLetter.FromHit)];
        }
        catch (ElasticsearchUnavailableException) when (names.Length > 1)
        {
            // Together they may be more than an answer may be.
            var middle = names.Length / 2;
            return [.. await ReadAsync(names[..middle], cancellationToken), .. await ReadAsync(names[middle..], cancellationToken)];
        }
    }

    private static IEnumerable<List<DeadLetter>> InRequests(List<DeadLetter> letters)
    {
        List<DeadLetter> request = [];
        long bytes = 0;
        foreach (var letter in letters)
        {
            long more = Encoding.UTF8.GetByteCount(letter.Document);
            if (request.Count > 0 && bytes + more > MostBytes)
            {
                yield return request;
                (request, bytes) = ([], 0);
            }

            request.Add(letter);
            bytes += more;
        }

        if (request.Count > 0)
            yield return request;
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

        var answer = new BulkResponse();
        bool isTooLarge;
        using (var response = await client.SendAsync(
            HttpMethod.Post, _path.ForDocuments, Encoding.UTF8.GetBytes(lines.ToString()), Ndjson, cancellationToken))
        {
            isTooLarge = response.Status == TooLarge;
            if (!isTooLarge && response.Status != 200)
                throw new ClusterRefusedException(response.Status, response.Error.Type, response.Error.Reason);
            if (!isTooLarge && !answer.TryRead(response.Body.Span, letters.Count))
                throw NotElasticsearch();
        }

        // The memory of the answer is free by now, however often they have to be divided.
        if (isTooLarge)
            return await ReplayHalvesAsync(letters, cancellationToken);

        // 2. Delete the letters of those that are there.
        var verdicts = answer.Verdicts.ToArray();
        var done = letters.Where((_, i) => verdicts[i] is Verdict.Indexed or Verdict.Duplicate).ToList();
        return new ReplayResult(
            verdicts.Count(verdict => verdict == Verdict.Indexed),
            verdicts.Count(verdict => verdict == Verdict.Duplicate),
            [.. answer.Errors.Select(error => error.Error.Type)],
            await DeleteAsync(done, cancellationToken));
    }

    /// <summary>Together they are more than is taken; one that is too large alone is refused still.</summary>
    private async Task<ReplayResult> ReplayHalvesAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 1)
            return new ReplayResult(0, 0, ["request_entity_too_large"], []);
        var middle = letters.Count / 2;
        var first = await ReplayAsync(letters[..middle], cancellationToken);
        return first.Plus(await ReplayAsync(letters[middle..], cancellationToken));
    }

    /// <returns>The error type of each that is there still: its document is indexed, and it stays listed.</returns>
    private async Task<IReadOnlyList<string>> DeleteAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
            return [];
        var lines = new StringBuilder();
        foreach (var letter in letters)
        {
            var action = new JsonObject { ["delete"] = new JsonObject { ["_index"] = letter.Home, ["_id"] = letter.Id } };
            lines.Append(action.ToJsonString()).Append('\n');
        }

        using var response = await client.SendAsync(
            HttpMethod.Post, "/_bulk?refresh=true&filter_path=items.*.status,items.*.error.type", Encoding.UTF8.GetBytes(lines.ToString()), Ndjson, cancellationToken);
        if (!response.IsSuccess)
            return [.. Enumerable.Repeat(response.Error.Type.Length > 0 ? response.Error.Type : $"http_{response.Status}", letters.Count)];
        try
        {
            var items = PeerJson.ParseNode(response.Body.Span).At("items").Objects().Select(item => item.At("delete")).ToList();
            if (items.Count == letters.Count)
                return [.. items.Where(item => item.At("status").Number() is not (200 or 404)).Select(item => item.At("error").At("type").Text() ?? "unknown")];
        }
        catch (JsonException)
        {
            // As any other answer that does not tell of each.
        }

        throw NotElasticsearch();
    }

    private static JsonObject ByIds(IEnumerable<string> ids) =>
        new() { ["ids"] = new JsonObject { ["values"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) } };

    private static JsonArray Hits(JsonObject answer) => answer.At("hits").At("hits") as JsonArray ?? throw NotElasticsearch();

    private static ClusterRefusedException NotElasticsearch() => new(200, "", "the answer is not Elasticsearch's: something in between answers");
}
