using System.Text.Json.Nodes;

namespace AuraLogs.Tests.Indexing.Conflicts;

/// <summary>Records of few names and all kinds of values, so that they are at odds with each other; each as the record and as the document.</summary>
internal sealed class RandomRecords(Random random, bool invalidNames = true)
{
    private static readonly string[] Names = ["user", "id", "req", "user.id", "req.id.user", "ok"];
    private static readonly string[] Invalid = ["", "a..b", ".user", "id."];

    public (Dictionary<string, object?> Record, JsonObject Document) Next(int n)
    {
        var document = new JsonObject { ["n"] = n };
        Fill(document, depth: 0);
        return ((Dictionary<string, object?>)Plain(document)!, document);
    }

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject below => below.ToDictionary(member => member.Key, member => Plain(member.Value)),
        JsonArray list => list.Select(Plain).ToArray(),
        JsonValue value when value.TryGetValue(out int number) => (long)number,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        null => null,
        _ => (string?)node,
    };

    private void Fill(JsonObject into, int depth)
    {
        for (var count = random.Next(1, 5); count > 0; count--)
            into[Name()] = Value(depth);
    }

    private string Name() => invalidNames && random.Next(25) == 0 ? Invalid[random.Next(Invalid.Length)] : Names[random.Next(Names.Length)];

    private JsonNode? Value(int depth)
    {
        switch (random.Next(depth < 3 ? 9 : 5))
        {
            case 0: return random.Next(100);
            case 1: return random.Next(2) == 0;
            case 2: return "text \"quoted\" é \u2028 \\ " + random.Next(100);
            case 3: return "";
            case 4: return null;
            case 5:
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1))]);
            default:
                var below = new JsonObject();
                Fill(below, depth + 1);
                return below;
        }
    }
}
