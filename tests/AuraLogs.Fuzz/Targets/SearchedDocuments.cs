using System.Text;

namespace AuraLogs.Fuzz.Targets;

/// <summary>A few documents with a field of each type.</summary>
internal static class SearchedDocuments
{
    public static void Write(Func<string, string, ReadOnlyMemory<byte>, (string, string)[], (int Status, System.Text.Json.JsonElement Body)> ask)
    {
        var mapping = """{"mappings":{"properties":{"ip":{"type":"ip"},"@timestamp":{"type":"date"},"level":{"type":"keyword"}}}}""";
        var created = ask("PUT", "/logs", Encoding.UTF8.GetBytes(mapping), []);
        var bulk = new StringBuilder();
        for (var number = 0; number < 20; number++)
        {
            bulk.Append("{\"create\":{\"_id\":\"").Append(number).Append("\"}}\n");
            bulk.Append("{\"@timestamp\":\"2026-11-22T08:00:").Append(number + 10).Append("Z\",\"message\":\"hello number ").Append(number)
                .Append(" of a message\",\"level\":\"").Append(number % 3 == 0 ? "ERROR" : "INFO").Append("\",\"n\":").Append(number).Append(",\"f\":").Append(number)
                .Append(".5,\"ok\":").Append(number % 2 == 0 ? "true" : "false").Append(",\"ip\":\"10.0.0.").Append(number)
                .Append("\",\"kubernetes\":{\"labels\":{\"app\":\"shop\"}},\"list\":[1,2,").Append(number).Append("]}\n");
        }

        var written = ask("POST", "/logs/_bulk", Encoding.UTF8.GetBytes(bulk.ToString()), []);
        if (created.Status != 200 || written.Status != 200)
            throw new BrokenPromiseException($"The documents can't be written: {created.Body} {written.Body}");
    }
}
