using System.Text;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Judging;

namespace AuraLogs.Fuzz.Targets;

/// <summary>
/// The answer to a <c>_bulk</c> request, against System.Text.Json: a verdict for each item where the answer is whole, else none at all; and
/// a document counts as indexed only where its own item says so. The first byte of an input is how many items were sent.
/// </summary>
internal sealed class BulkAnswerTarget : FuzzTarget
{
    private readonly BulkResponse _response = new();

    public override string Name => "bulk-answer";

    public override IReadOnlyList<byte[]> Words =>
    [
        .. ((string[])["{\"create\":{\"status\":201}}", "{\"create\":{\"status\":409}}", "\"status\":", "\"error\":", "\"items\":[", "\"errors\":true", "\"took\":1,", "201", "429", "503", "404",
            "\"type\":\"cluster_block_exception\"", "\"caused_by\":", "\"failure_store\":\"used\"", "\\ud800", "\\udc00", "\\u0041", "null", "[]", "{}", ",", "]}", "\u00e9"]).Select(Encoding.UTF8.GetBytes),
        [0xff], [0xed, 0xa0, 0x80],
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Answer(2, """{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}""");
        yield return Answer(3, """
            {"took":3,"errors":true,"items":[{"create":{"status":201}},{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"r"}}},
            {"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"r","caused_by":{"type":"t","reason":"deep"}}}}],"ingest_took":0}
            """);
        yield return Answer(1, """{"items":[{"create":{"status":429,"error":{"type":"cluster_block_exception","reason":"\ud83d\ude00 \ud800"}}}]}""");
        yield return Answer(1, """{"items":[{"create":{"status":201,"failure_store":"used"}}],"items":[]}""");
        yield return Answer(0, """{"items":[]}""");
        yield return Answer(1, "{\"items\":[ {\"create\":{\"status\":503,\"error\":\"text\"}} ]\n}\n");
    }

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var sent = input[0] & 15;
        var body = input.AsSpan(1);
        var isTaken = _response.TryRead(body, sent);
        var expected = Expected(body, sent);
        if (isTaken && expected is null)
            throw new BrokenPromiseException("Only a whole answer counts.");
        Require(isTaken || expected is null or { IsUsual: false }, "A whole answer counts.");
        if (!isTaken)
            return;
        Require(_response.Verdicts.Length == sent, "There is a verdict for each item.");
        for (var item = 0; item < sent; item++)
        {
            var isIndexed = _response.Verdicts[item] is Verdict.Indexed;
            Require(isIndexed == expected!.Indexed[item], "What is indexed is what its item says.");
            Require(_response.Verdicts[item] is Verdict.Duplicate == (expected.Statuses[item] == 409), "What is a duplicate is what its item says.");
        }
    }

    private static byte[] Answer(int sent, string body) => [(byte)sent, .. Encoding.UTF8.GetBytes(body)];

    /// <returns>Null when this is no answer to so many items.</returns>
    private static Reference? Expected(ReadOnlySpan<byte> body, int sent)
    {
        try
        {
            var readable = PeerJson.Readable(body).ToArray();
            using var answer = JsonDocument.Parse(readable);
            if (answer.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            var lists = answer.RootElement.EnumerateObject().Where(property => property.NameEquals("items")).ToList();
            if (lists.Count == 0 || lists[0].Value.ValueKind != JsonValueKind.Array || lists[0].Value.GetArrayLength() != sent)
                return null;
            var reference = new Reference([], [], lists.Count == 1);
            foreach (var item in lists[0].Value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || item.EnumerateObject().Count() != 1 || !item.TryGetProperty("create", out var result)
                    || result.ValueKind != JsonValueKind.Object || result.EnumerateObject().Count(property => property.NameEquals("status")) != 1
                    || result.EnumerateObject().Count(property => property.NameEquals("error")) > 1
                    || !result.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Number || !status.TryGetInt32(out var number))
                    return null;
                var isStored = result.TryGetProperty("failure_store", out var store) && store.ValueKind == JsonValueKind.String && store.ValueEquals("used");
                reference.Statuses.Add(isStored ? 0 : number);
                reference.Indexed.Add(!isStored && number is 200 or 201);
            }

            return reference;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Statuses">Of the items; 0 for what the failure store took.</param>
    /// <param name="Indexed">Whether the items are.</param>
    /// <param name="IsUsual">Whether there is one list of items.</param>
    private sealed record Reference(List<int> Statuses, List<bool> Indexed, bool IsUsual);
}
