using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// The answer to a bulk request, written item by item:
/// <code>
/// {"took":7,"errors":false,"items":[{"create":{"_index":"logs","_id":"1","_version":1,...,"status":201}},...]}
/// </code>
/// </summary>
internal sealed class BulkAnswer(string? filterPath, bool hasTypes, bool isForced)
{
    private readonly BulkFilter? _filter = filterPath is null ? null : BulkFilter.Parse(filterPath);

    public RestResponse Write(List<WriteOperation> operations, WriteResult[] results, long tookMillis)
    {
        ArrayBufferWriter<byte> buffer = new(128 + (results.Length * (_filter is null ? 256 : 64)));
        using (Utf8JsonWriter writer = new(buffer, Json.Compact))
        {
            writer.WriteStartObject();
            if (Keeps("took"))
                writer.WriteNumber("took", tookMillis);
            if (Keeps("ingest_took") && operations.Exists(operation => operation.Pipeline is not null))
                writer.WriteNumber("ingest_took", 0);
            if (Keeps("errors"))
                writer.WriteBoolean("errors", Array.Exists(results, result => result.Error is not null));
            WriteItems(writer, operations, results);
            writer.WriteEndObject();
        }

        return new RestResponse { Body = buffer.WrittenMemory, IsFiltered = _filter is not null };
    }

    private bool Keeps(string root) => _filter?.Keeps(root) ?? true;

    private bool KeepsOfItem(string member) => _filter?.KeepsOfItem(member) ?? true;

    /// <summary>No item at all that the filter keeps: no array either, as everywhere where it leaves nothing.</summary>
    private void WriteItems(Utf8JsonWriter writer, List<WriteOperation> operations, WriteResult[] results)
    {
        bool keepsGood = _filter?.KeepsItems ?? true;
        bool isOpen = false;
        for (int i = 0; i < results.Length; i++)
        {
            JsonNode? failed = results[i].Error is null ? null : Filtered(ToItem(operations[i], results[i]));
            if (failed is null && (results[i].Error is not null || !keepsGood))
                continue;
            if (!isOpen)
                writer.WriteStartArray("items");
            isOpen = true;
            if (failed is null)
                WriteGood(writer, operations[i], results[i]);
            else
                failed.WriteTo(writer);
        }

        if (isOpen)
            writer.WriteEndArray();
    }

    private void WriteGood(Utf8JsonWriter writer, WriteOperation operation, WriteResult result)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(NameOf(operation.Action));
        if (KeepsOfItem("_index"))
            writer.WriteString("_index", result.Index);
        if (hasTypes && KeepsOfItem("_type"))
            writer.WriteString("_type", operation.Type ?? "_doc");
        if (KeepsOfItem("_id"))
            writer.WriteString("_id", result.Id);
        if (KeepsOfItem("_version"))
            writer.WriteNumber("_version", result.Version);
        if (KeepsOfItem("result"))
            writer.WriteString("result", result.Result);
        if (isForced && KeepsOfItem("forced_refresh"))
            writer.WriteBoolean("forced_refresh", true);
        if (KeepsOfItem("_shards"))
        {
            writer.WriteStartObject("_shards");
            writer.WriteNumber("total", result.Copies);
            writer.WriteNumber("successful", 1);
            writer.WriteNumber("failed", 0);
            writer.WriteEndObject();
        }

        if (KeepsOfItem("_seq_no"))
            writer.WriteNumber("_seq_no", result.SeqNo);
        if (KeepsOfItem("_primary_term"))
            writer.WriteNumber("_primary_term", result.PrimaryTerm);
        if (KeepsOfItem("status"))
            writer.WriteNumber("status", result.Status);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private JsonObject ToItem(WriteOperation operation, WriteResult result)
    {
        JsonObject item = result.ToJson(hasTypes, isForced, operation.Type ?? "_doc");
        item["status"] = result.Status;
        item["error"] = result.Error!.ToError();
        return new JsonObject { [NameOf(operation.Action)] = item };
    }

    private JsonNode? Filtered(JsonObject item)
    {
        if (_filter is null)
            return item;
        JsonObject answer = new() { ["items"] = new JsonArray(item) };
        return FilterPath.Apply(answer, filterPath!)?["items"]?[0];
    }

    private static string NameOf(WriteAction action) => action switch
    {
        WriteAction.Create => "create",
        WriteAction.Delete => "delete",
        WriteAction.Update => "update",
        _ => "index",
    };
}
