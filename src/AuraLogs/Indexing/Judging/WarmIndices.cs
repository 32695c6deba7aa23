using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Judging;

/// <summary>
/// Events for an index that AuraLogs' own policy has made read-only since they were received: after an outage longer than
/// <c>WarmAfterDays</c>. They go to the oldest index that is still written to, under the same id. Whether one is there already, because an
/// earlier attempt had an outcome that nobody knows, a blocked index does not say: it refuses what it has (no 409) as what it has not. So
/// the ids are looked up first, in the blocked index and in all that an earlier attempt may have gone to instead.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="options">With the prefix of the indices.</param>
/// <param name="warmAfterDays">For how many days an index is written to; null when none is made read-only.</param>
/// <param name="time">Says which indices are old.</param>
internal sealed class WarmIndices(ElasticsearchClient client, IndexingOptions options, int? warmAfterDays, TimeProvider time)
{
    // What ILM's readonly action sets: index.blocks.write.
    private const string WriteBlock = "/8/index write";

    private const string DayFormat = "yyyy.MM.dd";

    /// <summary>The oldest index that our policy still lets be written to.</summary>
    public string OldestWritable => Name(OldestDay);

    private DateOnly OldestDay => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(1 - (warmAfterDays ?? 0));

    /// <summary>Whether the index refuses documents because our policy has made it read-only.</summary>
    public bool IsWarm(string index, ElasticsearchError error) =>
        warmAfterDays is not null && error.IsBlock && error.Reason.Contains(WriteBlock, StringComparison.Ordinal) && DayOf(index) < OldestDay;

    /// <summary>Looks which documents are in the blocked index already, or in one that takes its events.</summary>
    /// <returns>The ids that are there; null when that can't be known now.</returns>
    public async Task<IReadOnlySet<string>?> FindAsync(string index, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        for (var day = DayOf(index)!.Value; day <= OldestDay; day = day.AddDays(1))
        {
            var missing = ids.Where(id => !found.Contains(id)).ToList();
            if (missing.Count == 0)
                break;
            if (await FindInAsync(Name(day), missing, cancellationToken) is not { } there)
                return null;
            found.UnionWith(there);
        }

        return found;
    }

    private async Task<IEnumerable<string>?> FindInAsync(string index, List<string> ids, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) };
        try
        {
            using var response = await client.SendAsync(
                HttpMethod.Post, $"/{Uri.EscapeDataString(index)}/_mget?_source=false&filter_path=docs.found,docs.error.type", body, cancellationToken);
            if (!response.IsSuccess)
                return null;
            var documents = PeerJson.ParseNode(response.Body.Span).At("docs").Objects().ToList();
            var isWhole = documents.Count == ids.Count
                && documents.TrueForAll(document => document.At("found").Flag() is not null || document.At("error").At("type").Text() == "index_not_found_exception");
            return isWhole ? ids.Where((_, i) => documents[i].At("found").Flag() == true) : null;
        }
        catch (Exception e) when (e is ElasticsearchUnavailableException or JsonException)
        {
            return null;
        }
    }

    private DateOnly? DayOf(string index) =>
        index.Length == options.IndexPrefix.Length + 1 + DayFormat.Length && index.StartsWith(options.IndexPrefix + "-", StringComparison.Ordinal)
        && DateOnly.TryParseExact(index[^DayFormat.Length..], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    private string Name(DateOnly day) => $"{options.IndexPrefix}-{day.ToString(DayFormat, CultureInfo.InvariantCulture)}";
}
