using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;
using AuraLogs.EndToEnd.Indexing;

namespace AuraLogs.EndToEnd.MainPath;

/// <summary>What a real Fluent Bit sent, replayed to the running service, ends in the index exactly as an independent decoder reads it.</summary>
public sealed class CaptureTests
{
    [Theory]
    [InlineData("forward-ack")]
    [InlineData("forward-no-metadata-ack")]
    [InlineData("forward-noack")]
    [InlineData("forward-options")]
    [InlineData("forward-time-integer")]
    [InlineData("message-tag-accessor-ack")]
    [InlineData("packed-gzip-ack")]
    [InlineData("whole-seconds-ack")]
    public async Task A_scenario_ends_in_the_index_record_by_record(string scenario)
    {
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, Settings(destination));
        using var search = new SearchClient(service.Elasticsearch);
        var capture = Capture.Open(scenario);

        await capture.ReplayAsync(service.ForwardPort);
        await search.WaitForCountAsync(capture.Expected.Count, service, destination.Indices);

        AssertSameDocuments(capture.Expected, await search.AllAsync(destination.Indices), destination);
        await ServiceStatus.AssertBalancedAsync(service, received: capture.Expected.Count, indexed: capture.Expected.Count);
    }

    [Fact]
    public async Task The_scenario_with_shared_key_and_user_ends_in_the_index_after_a_live_handshake()
    {
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(
            directory.Path,
            [
                .. Settings(destination),
                ("AuraLogs:Forward:Security:SharedKey", "s3cr3t-shared-key"),
                ("AuraLogs:Forward:Security:Users:0:Username", "node-a"),
                ("AuraLogs:Forward:Security:Users:0:Password", "p4ss"),
            ]);
        using var search = new SearchClient(service.Elasticsearch);
        var capture = Capture.Open("secure-users-ack");

        await capture.ReplaySecurelyAsync(service.ForwardPort, "s3cr3t-shared-key", "node-a", "p4ss");
        await search.WaitForCountAsync(capture.Expected.Count, service, destination.Indices);

        AssertSameDocuments(capture.Expected, await search.AllAsync(destination.Indices), destination);
        Assert.DoesNotContain("p4ss", service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", service.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// The scenarios carry the same events. Those that name their chunks with the same ids and content under the same tag are
    /// resends of each other, so they add nothing; the ones without chunk ids can't be recognised and are indexed each time.
    /// </summary>
    [Fact]
    public async Task Scenarios_one_after_the_other_index_a_repeated_chunk_once()
    {
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, Settings(destination));
        using var search = new SearchClient(service.Elasticsearch);
        string[] scenarios =
        [
            "forward-ack", "forward-no-metadata-ack", "packed-gzip-ack", "message-tag-accessor-ack", "metrics-signal-ack",
            "forward-noack", "forward-options", "forward-time-integer",
        ];

        var captures = scenarios.Select(Capture.Open).ToList();
        foreach (var capture in captures)
            await capture.ReplayAsync(service.ForwardPort);

        var sent = captures.SelectMany(capture => capture.Expected).ToList();
        var once = sent.Where(e => e.GetProperty("chunk").ValueKind == JsonValueKind.Null)
            .Concat(sent.Where(e => e.GetProperty("chunk").ValueKind == JsonValueKind.String).DistinctBy(IdentityInChunk))
            .ToList();
        await search.WaitForCountAsync(once.Count, service, destination.Indices);
        await ServiceStatus.WaitUntilDrainedAsync(service);
        AssertSameDocuments(once, await search.AllAsync(destination.Indices), destination);
        await ServiceStatus.AssertBalancedAsync(service, received: sent.Count, indexed: once.Count);
    }

    [Fact]
    public async Task Metrics_are_acknowledged_and_not_indexed()
    {
        await using var destination = new Destination();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, Settings(destination));
        using var search = new SearchClient(service.Elasticsearch);

        await Capture.Open("metrics-signal-ack").ReplayAsync(service.ForwardPort); // reads the recorded acks

        await Capture.Open("forward-ack").ReplayAsync(service.ForwardPort);
        await search.WaitForCountAsync(420, service, destination.Indices);
        Assert.Equal(420, await search.CountAsync(destination.Indices));
        using var http = new HttpClient { BaseAddress = service.Operations };
        Assert.Matches(
            @"auralogs_forward_other_signals_total\{[^}]*signal=""metrics""[^}]*\} 4\n", await http.GetStringAsync("/metrics"));
    }

    /// <summary>The captures grow older; within the longest retention each event still goes to the index of its own day.</summary>
    private static (string, string)[] Settings(Destination destination) => [.. destination.Settings, ("AuraLogs:Lifecycle:RetentionDays", "3650")];

    private static (string?, string?, int) IdentityInChunk(JsonElement e) =>
        (e.GetProperty("tag").GetString(), e.GetProperty("chunk").GetString(), e.GetProperty("ordinal").GetInt32());

    private static void AssertSameDocuments(IReadOnlyList<JsonElement> expected, IReadOnlyList<JsonElement> hits, Destination destination)
    {
        Assert.Equal(hits.Count, hits.Select(hit => hit.GetProperty("_id").GetString()).Distinct().Count());
        Assert.Equal(
            expected.Select(ExpectedDocument).Order(StringComparer.Ordinal),
            hits.Select(hit => Canonical(JsonNode.Parse(hit.GetProperty("_source").GetRawText())!)).Order(StringComparer.Ordinal));
        Assert.All(hits, hit => Assert.Equal(
            $"{destination.IndexPrefix}-{hit.GetProperty("_source").GetProperty("@timestamp").GetString()![..10].Replace('-', '.')}",
            hit.GetProperty("_index").GetString()));
    }

    private static string ExpectedDocument(JsonElement e)
    {
        var document = JsonNode.Parse(e.GetProperty("record").GetRawText())!.AsObject();
        if (document.Remove("@timestamp", out var original))
            (document["event"] ??= new JsonObject())["original_timestamp"] = original;
        document["@timestamp"] = Timestamp(e.GetProperty("time_unix_ns").GetInt64());
        if (e.GetProperty("metadata").EnumerateObject().Any())
            document["metadata"] = JsonNode.Parse(e.GetProperty("metadata").GetRawText());
        return Canonical(document);
    }

    private static string Timestamp(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        var second = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{second}.{rest:D9}Z");
    }

    /// <summary>The same text for equal documents, whatever the order of their keys.</summary>
    private static string Canonical(JsonNode node) => node switch
    {
        JsonObject o => $"{{{string.Join(',', o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{JsonSerializer.Serialize(p.Key)}:{(p.Value is null ? "null" : Canonical(p.Value))}"))}}}",
        JsonArray a => $"[{string.Join(',', a.Select(item => item is null ? "null" : Canonical(item)))}]",
        _ => node.ToJsonString(),
    };
}
