using System.Text;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Answers that are not what was asked for: pages of proxies, text in other encodings, other shapes and types, cut and garbled JSON.
/// None of them says of an item of a bulk request that it was taken or that it can't be.
/// </summary>
internal static class WrongAnswers
{
    private const string Refused = """{"error":{"type":"es_rejected_execution_exception","reason":"REASON"},"status":429}""";
    private const string Bulk = """{"errors":true,"items":[{"create":{"status":429,"error":{"type":"TYPE","reason":"REASON"}}}]}""";

    /// <summary>What a string of an answer may hold, as it stands between its quotes.</summary>
    private static readonly byte[][] BrokenTexts =
    [
        [0xe9], [0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0x80],
        .. ((string[])[@"\ud800", @"\uDFFF", @"\udc00\ud800", @"\ud800\ud800\udc00", @"\ud800x", @"\\\ud800", @"\ud8", @"\u", @"\x", "\\", @"\ud800\n"]).Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly string[] Shapes =
    [
        "", " ", "null", "true", "0", "-1", "1e999", "\"text\"", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"\":0}", "{\"a\":1,\"a\":2}", "\ufeff{}",
        "<html><body>502 Bad Gateway</body></html>", "OK", "{", "}", "{\"errors\":", "[1,2", "{\"a\":\"", "{\"error\":null}", "{\"error\":[]}", "{\"error\":{\"type\":7,\"reason\":{}}}",
        "{\"error\":{\"type\":null,\"caused_by\":[1]}}", "{\"error\":{\"root_cause\":{},\"caused_by\":{\"caused_by\":7}}}", "{\"error\":\"no\"}{}", "{\"error\":\"no\"} x",
        "{\"items\":[]}", "{\"items\":{}}", "{\"items\":[{}]}", "{\"items\":[{\"create\":7}]}", "{\"items\":[{\"create\":{}}]}", "{\"items\":[{\"create\":{\"status\":\"201\"}}]}",
        "{\"items\":[{\"create\":{\"status\":201.5}}]}", "{\"items\":[{\"create\":{\"status\":99999999999999999999}}]}", "{\"items\":[{\"create\":{\"status\":1e400}}]}",
        "{\"items\":[{\"create\":{\"status\":-2147483649}}]}", "{\"items\":[{\"create\":{\"status\":201,\"status\":400}}]}", "{\"items\":[{\"delete\":{\"status\":200}}]}",
        "{\"items\":[{\"create\":{\"status\":201},\"index\":{\"status\":400}}]}", "{\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":201}},{\"create\":{\"status\":201}}]}",
        "{\"hits\":7}", "{\"hits\":{\"hits\":7,\"total\":null}}", "{\"hits\":{\"total\":{\"value\":\"x\"},\"hits\":[7]}}", "{\"hits\":{\"total\":{\"value\":1e30},\"hits\":null}}",
        "{\"hits\":{\"total\":{\"value\":1},\"hits\":[{\"_index\":7,\"_id\":[],\"_source\":null}]},\"aggregations\":{\"time\":7}}", "{\"fields\":[]}", "{\"fields\":{\"a\":{}}}", "{\"fields\":{\"a\":{\"long\":7}}}",
        "{\"snapshots\":[{\"snapshot\":7,\"state\":[],\"start_time_in_millis\":1e300,\"failures\":[7,null,{\"index\":9}],\"indices\":[null,7,{}]}]}", "{\"snapshots\":{}}",
        "{\"snapshots\":[{\"start_time_in_millis\":9223372036854775807,\"state\":\"SUCCESS\",\"indices\":[\"aura-services-2026.01.01\"]}]}",
        "{\"indices\":[]}", "{\"indices\":{\"aura-services-2026.01.01\":7}}", "{\"indices\":{\"aura-services-2026.01.01\":{\"managed\":\"yes\",\"phase\":7,\"step_info\":[]}}}",
        "{\"aura-services-daily\":{\"last_success\":{\"time\":\"x\",\"snapshot_name\":7},\"stats\":[],\"last_failure\":{\"details\":\"\\ud800\"}}}", "{\"aura-services\":{\"policy\":7}}",
        "{\"aura-services\":{\"policy\":{\"phases\":{\"delete\":[{\"a\":[{}]},null,\"\\udc00\"]}}}}", "{\"operation_mode\":7}", "{\"version\":{\"number\":8}}",
        "{\"index_templates\":[{\"name\":7},null,{\"name\":\"aura-services\",\"index_template\":[]}]}", "{\"data_view\":[{\"title\":7},null]}", "{\"message\":7}",
        "[{\"index\":7,\"docs.count\":{},\"bytes_total\":7,\"store.size\":null},7,null]",
    ];

    public static IReadOnlyList<byte[]> All { get; } = [.. Generate()];

    private static IEnumerable<byte[]> Generate()
    {
        foreach (var shape in Shapes)
            yield return Encoding.UTF8.GetBytes(shape);

        // Text that can't be read, wherever there is text: values, and names.
        foreach (var text in BrokenTexts)
        {
            foreach (var answer in (string[])[Refused, Bulk, "{\"error\":\"REASON\"}", "{\"REASON\":{}}", "[{\"REASON\":7}]", "<p>REASON</p>", Refused.Replace("reason", "REASON", StringComparison.Ordinal), Bulk.Replace("status", "REASON", StringComparison.Ordinal)])
                yield return Fill(answer, text);
        }

        // Cut anywhere, and too deep.
        for (var length = 1; length < Bulk.Length; length += 7)
            yield return Encoding.UTF8.GetBytes(Bulk[..length]);
        yield return Encoding.UTF8.GetBytes(new string('[', 100_000));
        yield return Encoding.UTF8.GetBytes($"{{\"error\":{string.Concat(Enumerable.Repeat("{\"caused_by\":", 5_000))}1{new string('}', 5_001)}");
        yield return Encoding.UTF8.GetBytes($"{{\"items\":[{{\"create\":{{\"status\":429,\"error\":{string.Concat(Enumerable.Repeat("{\"caused_by\":", 100))}1{new string('}', 100)}}}}}]}}");

        // A few bytes of it wrong; never so that it becomes another status.
        var random = new Random(15);
        for (var i = 0; i < 100; i++)
        {
            var garbled = Encoding.UTF8.GetBytes(Bulk);
            for (var n = 0; n < 3; n++)
                garbled[random.Next(garbled.Length)] = (byte)(random.Next(2) == 0 ? random.Next(0x80, 0x100) : "{}[]\",:\\"[random.Next(8)]);
            yield return garbled;
        }
    }

    private static byte[] Fill(string answer, byte[] text)
    {
        var at = answer.IndexOf("REASON", StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(answer[..at]), .. text, .. Encoding.UTF8.GetBytes(answer[(at + 6)..])];
    }
}
