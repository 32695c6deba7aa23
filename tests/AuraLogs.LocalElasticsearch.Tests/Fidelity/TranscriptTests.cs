using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Tests.Fakes;
using Xunit.Abstractions;

namespace AuraLogs.LocalElasticsearch.Tests.Fidelity;

/// <summary>
/// Replays what was recorded of a real Elasticsearch 7.6.0, in its order, to a server that says it is one.
/// Transcripts/index.tsv says of each transcript whether it passes, differs or is not replayed, and why; what passes must go on passing,
/// and what begins to pass must be noted.
/// </summary>
public class TranscriptTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Transcripts");

    private readonly Dictionary<string, string> _replacements = [];
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 24, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_real_elasticsearch_was_recorded_and_this_one_answers_alike()
    {
        string snapshots = Path.Combine(Path.GetTempPath(), "auralogs-snapshots-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(snapshots);
        _replacements["/srv/elasticsearch/snapshots"] = snapshots;
        Dictionary<string, (string Verdict, string Why)> index = ReadIndex();
        StringBuilder found = new();
        List<string> wrong = [];
        int passed = 0;
        await using (LocalServer server = await LocalServer.StartAsync(options => (options.Version, options.RepositoryPaths) = ("7.6.0", snapshots), _time))
        {
            foreach (string path in Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileNameWithoutExtension(path);
                (string verdict, string why) = index.GetValueOrDefault(name, ("unknown", ""));
                if (verdict == "skip")
                {
                    found.Append(name).Append("\tskip\t").Append(why).Append('\n');
                    continue;
                }

                await PrepareAsync(server, name);
                string? difference;
                try
                {
                    difference = await ReplayAsync(server, Transcript.Read(path)!);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    difference = e.Message;
                }

                string now = difference is null ? "pass" : "differ";
                passed += difference is null ? 1 : 0;
                found.Append(name).Append('\t').Append(now).Append('\t').Append(difference is null ? "" : why.Length > 0 ? why : difference).Append('\n');
                if (now != verdict)
                    wrong.Add($"{name} is noted as [{verdict}] and is [{now}]: {difference}");
                else if (now == "differ" && why.Length == 0)
                    wrong.Add($"{name} differs and the index does not say why: {difference}");
            }
        }

        Directory.Delete(snapshots, recursive: true);
        output.WriteLine($"{passed} pass");
        output.WriteLine(found.ToString());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static Dictionary<string, (string, string)> ReadIndex() =>
        File.ReadAllLines(Path.Combine(Folder, "index.tsv"))
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[0], parts => (parts[1], parts.Length > 2 ? parts[2] : ""));

    private async Task<string?> ReplayAsync(LocalServer server, Transcript transcript)
    {
        using HttpClient client = new(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.All }) { Timeout = TimeSpan.FromSeconds(20) };
        using HttpRequestMessage request = new(new HttpMethod(transcript.Method), new Uri(server.Address, Replace(transcript.Target)));
        byte[] body = BodyOf(transcript);
        if (body.Length > 0 || transcript.Headers.Any(header => header.Name == "Content-Type"))
            request.Content = new ByteArrayContent(body);
        foreach ((string name, string value) in transcript.Headers)
        {
            if (name is "Content-Type" or "Content-Encoding")
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            else if (name is "Accept" or "X-Opaque-Id" or "Expect" or "Transfer-Encoding")
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != transcript.Status)
            return $"status {(int)response.StatusCode} instead of {transcript.Status}: {answer[..Math.Min(answer.Length, 300)]}";
        if (transcript.Answer.Length == 0 || transcript.Method == "HEAD" || transcript.Answer[0] is not ('{' or '['))
            return null;
        JsonNode? expected = JsonNode.Parse(transcript.Answer), actual = JsonNode.Parse(answer);
        Learn(expected, actual);
        return Shape.Difference(expected, actual);
    }

    /// <summary>Names that the server chose, for later requests that use them.</summary>
    private void Learn(JsonNode? expected, JsonNode? actual)
    {
        foreach (string member in (string[])["snapshot_name", "_scroll_id"])
            if (expected is JsonObject && (string?)expected[member] is { } recorded && actual is JsonObject && (string?)actual[member] is { } own)
                _replacements[recorded] = own;
    }

    private string Replace(string text)
    {
        foreach ((string recorded, string own) in _replacements)
            text = text.Replace(recorded, own, StringComparison.Ordinal);
        return text;
    }

    /// <summary>The body, with what the recording only describes.</summary>
    private byte[] BodyOf(Transcript transcript)
    {
        const string Log = """{"@timestamp": "2026-11-22T08:00:01.123Z", "level": "Warning", "service": "svc1", "message": "hello number 1", "duration_ms": 1}""";
        switch (transcript.Name)
        {
            case "128-bulk-gzip":
                return Pack(Create("f1", Log), (stream) => new GZipStream(stream, CompressionLevel.Fastest));
            case "652-bulk-deflate":
                return Pack(Create("df1", Log), (stream) => new ZLibStream(stream, CompressionLevel.Fastest));
            case "651-bulk-chunked-gzip":
                return Pack(Create("ch2", """{"message": "chunked"}"""), (stream) => new GZipStream(stream, CompressionLevel.Fastest));
            case "150-bulk-keyword-too-long":
                return Encoding.UTF8.GetBytes(Create("k4", Log.Replace("svc1", new string('s', 40_000), StringComparison.Ordinal)));
            case "154-bulk-invalid-utf8":
                return [.. Encoding.UTF8.GetBytes("""{"create": {"_index": "aura-services-2026.11.22", "_id": "l4"}}""" + "\n{\"message\":\""), 0xFF, 0xFE, .. "\"}\n"u8];
            case "299-seed-21" or "299-seed-22":
                return Encoding.UTF8.GetBytes(Seed(transcript.Name[^2..]));
            default:
                return Encoding.UTF8.GetBytes(Replace(Encoding.UTF8.GetString(transcript.Body)));
        }
    }

    private static string Create(string id, string document) => $$$"""{"create": {"_index": "aura-services-2026.11.22", "_id": "{{{id}}}"}}""" + "\n" + document + "\n";

    private static string Seed(string day)
    {
        string[] levels = ["Information", "Warning", "Error"];
        return string.Concat(Enumerable.Range(0, 30).Select(i =>
            $$$"""{"create": {"_index": "aura-services-2026.11.{{{day}}}", "_id": "{{{day}}}-{{{i}}}"}}""" + "\n"
            + $$"""{"@timestamp": "2026-11-{{day}}T{{i % 24:00}}:00:00.000Z", "level": "{{levels[i % 3]}}", "service": "svc{{i % 2}}", "message": "hello number {{i}}", "duration_ms": {{i}}}""" + "\n"));
    }

    private static byte[] Pack(string text, Func<Stream, Stream> open)
    {
        using MemoryStream packed = new();
        using (Stream stream = open(packed))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>What happened between the recorded requests.</summary>
    private async Task PrepareAsync(LocalServer server, string name)
    {
        switch (name)
        {
            case "209-index-gone":
                _time.Advance(TimeSpan.FromSeconds(10));
                break;
            case "235-policy-7d-origination":
                _time.Advance(TimeSpan.FromSeconds(5));
                break;
            case "238-parse-origination-bad-name":
                _time.Advance(TimeSpan.FromSeconds(3));
                break;
            case "321-slm-get-in-progress" or "323-slm-get-after":
                await EventuallyAsync(async () => await HasAsync(server, "nightly", "last_success"));
                break;
            case "335-slm-get-fast":
                _time.Advance(TimeSpan.FromSeconds(5));
                await EventuallyAsync(async () => await StatAsync(server, "snapshots_taken") == 1);
                _time.Advance(TimeSpan.FromSeconds(5));
                await EventuallyAsync(async () => await StatAsync(server, "snapshots_taken") == 2);
                break;
            case "337-execute-retention":
                _time.Advance(TimeSpan.FromSeconds(5));
                await EventuallyAsync(async () => await StatAsync(server, "snapshots_taken") == 3);
                break;
            case "338-slm-get-after-retention":
                await EventuallyAsync(async () => await StatAsync(server, "snapshots_deleted") == 1);
                break;
            case "352-snapshot-create-exists" or "364-snapshot-delete":
                await EventuallyAsync(async () => (await server.SendAsync("GET", "/_snapshot/repo/manual-2")).Body?["snapshots"]?[0]?["state"]?.ToString() == "SUCCESS");
                break;
            case "374-slm-fail-get":
                await EventuallyAsync(async () => await HasAsync(server, "failing", "last_failure"));
                break;
            case "505-bulk-block-write":
                await BlockAsync(server, "write", "true");
                break;
            case "506-bulk-block-read_only":
                await BlockAsync(server, "write", "null");
                await BlockAsync(server, "read_only", "true");
                break;
            case "507-search-block-read":
                await BlockAsync(server, "read_only", "null");
                await BlockAsync(server, "read", "true");
                break;
            case "508-cluster-read_only-set":
                await BlockAsync(server, "read", "null");
                break;
            case "536-bulk-strict":
                await server.OkAsync("PUT", "/aura-strict", """{"mappings":{"dynamic":"strict","properties":{"a":{"type":"long"}}}}""");
                await server.OkAsync("PUT", "/aura-limit", """{"settings":{"index.mapping.total_fields.limit":5}}""");
                await server.OkAsync("PUT", "/aura-depth");
                break;
        }
    }

    private static Task BlockAsync(LocalServer server, string block, string value) =>
        server.OkAsync("PUT", "/aura-services-2026.11.22/_settings", $$"""{"index.blocks.{{block}}": {{value}}}""");

    private static async Task<int?> StatAsync(LocalServer server, string counter) =>
        (int?)(await server.SendAsync("GET", "/_slm/policy/fast")).Body?["fast"]?["stats"]?[counter];

    private static async Task<bool> HasAsync(LocalServer server, string policy, string member) =>
        (await server.SendAsync("GET", "/_slm/policy/" + policy)).Body?[policy]?[member] is not null;

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 200 && !await condition(); i++)
            await Task.Delay(20);
    }
}
