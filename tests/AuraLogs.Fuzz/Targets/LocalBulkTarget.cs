using System.Text;
using System.Text.Json;

namespace AuraLogs.Fuzz.Targets;

/// <summary><c>_bulk</c> of the local Elasticsearch: an item for each operation, each with a status, and what was created can be read.</summary>
internal sealed class LocalBulkTarget : LocalTarget
{
    /// <summary>After so many inputs everything is deleted, so that an input finds little of those before it.</summary>
    private const int RunsBetweenDeletions = 50;

    private int _runs;

    public override string Name => "local-bulk";

    public override int ShortRuns => 100;

    public override IReadOnlyList<byte[]> Words =>
    [
        .. ((string[])["{\"create\":{\"_index\":\"a\",\"_id\":\"1\"}}\n", "{\"index\":{\"_index\":\"a\"}}\n", "{\"delete\":{\"_index\":\"a\",\"_id\":\"1\"}}\n", "{\"update\":{\"_index\":\"a\",\"_id\":\"1\"}}\n",
            "{\"doc\":{\"n\":1}}\n", "{}\n", "\n", "\r\n", "\"@timestamp\":\"2026-11-22T09:00:00Z\"", "\"_id\":", "\"_index\":", "\"pipeline\":\"_none\"", "\"require_alias\":true", "\"if_seq_no\":0",
            "\"op_type\":\"create\"", "\"a.b\":", "1e400", "-0", "null", "[]", "[[1],{}]", "\\ud800", "\\u0000", "\"script\":{}", "\"upsert\":{}", "18446744073709551616", "2026-13-45", "<a-{now/d}>"]).Select(Encoding.UTF8.GetBytes),
        [0xff],
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        yield return Utf8("""
            {"create":{"_index":"a","_id":"1"}}
            {"@timestamp":"2026-11-22T09:00:00.000000000Z","message":"hello","level":"INFO","n":1,"kubernetes":{"labels":{"app":"x"}}}
            {"index":{"_index":"b"}}
            {"message":"no id","list":[1,2.5,"three",null,true],"deep":{"a":{"b":[{"c":1},{"c":2}]}}}
            {"delete":{"_index":"a","_id":"1"}}

            """);
        yield return Utf8("{\"create\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"n\":1}\n{\"create\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"n\":\"text\"}\n");
        yield return Utf8("{\"update\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"doc\":{\"n\":2},\"doc_as_upsert\":true}\n");
        yield return Utf8("{\"create\":{\"_index\":\"Bad\"}}\r\n{\"n\":1}\r\n\r\n{\"create\":{\"_index\":\"<c-{now/d}>\"}}\n{\"d\":\"2026-11-22\"}\n");
    }

    public override void Run(byte[] input)
    {
        if (_runs++ % RunsBetweenDeletions == 0)
            Ask("DELETE", "/_all", default);
        var (status, body) = Ask("POST", "/_bulk", input);
        if (status != 200)
            return;
        foreach (var item in body.GetProperty("items").EnumerateArray())
        {
            var action = item.EnumerateObject().Single();
            var itemStatus = action.Value.GetProperty("status").GetInt32();
            Require(itemStatus is >= 200 and < 500, $"No mistake of a client is an item's {itemStatus}.");
            if (itemStatus is 200 or 201 && action.Name != "delete")
                RequireStored(action.Value);
        }
    }

    /// <summary>It may have been changed or deleted by a later operation, but it must be readable.</summary>
    private void RequireStored(JsonElement item)
    {
        var index = Uri.EscapeDataString(item.GetProperty("_index").GetString()!);
        var id = Uri.EscapeDataString(item.GetProperty("_id").GetString()!);
        if (id is "." or "..")
            return;
        var (status, _) = Ask("GET", $"/{index}/_doc/{id}", default);
        Require(status is 200 or 404, $"A document that was written can be asked for, and not a {status}.");
        var (found, hits) = Ask("POST", $"/{index}/_search", Utf8("{\"query\":{\"match_all\":{}},\"size\":100,\"sort\":[\"_doc\"]}"));
        Require(found == 200 && hits.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64() >= (status == 200 ? 1 : 0), "What is there is found.");
    }
}
