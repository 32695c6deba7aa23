using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.Indexing.Conflicts;
using FsCheck;
using FsCheck.Fluent;

namespace AuraLogs.Tests.Indexing.Conflicts;

public sealed class MovedFieldsTests
{
    [Theory]
    [InlineData("""{"@timestamp":"t","user":{"name":"Ann"},"n":1}""", "user", """{"@timestamp":"t","n":1,"conflict":{"user":"{\"name\":\"Ann\"}"},"conflict_fields":["user"]}""")]
    [InlineData("""{"@timestamp":"t","a":{"b":1,"c":2}}""", "a.b", """{"@timestamp":"t","a":{"c":2},"conflict":{"a.b":"1"},"conflict_fields":["a.b"]}""")]
    [InlineData("""{"@timestamp":"t","a.b":12345678901234567890.10}""", "a.b", """{"@timestamp":"t","conflict":{"a.b":"12345678901234567890.10"},"conflict_fields":["a.b"]}""")]
    [InlineData("""{"@timestamp":"t","a":[{"b":1},{"b":"x","c":0}]}""", "a.b", """{"@timestamp":"t","a":[{},{"c":0}],"conflict":{"a.b":"[1,\"x\"]"},"conflict_fields":["a.b"]}""")]
    [InlineData("""{"@timestamp":"t","conflict":{"x":"1"},"conflict_fields":["x"],"y":true}""", "y", """{"@timestamp":"t","conflict":{"x":"1","y":"true"},"conflict_fields":["x","y"]}""")]
    [InlineData("""{"@timestamp":"t","conflict":true,"y":1}""", "y", """{"@timestamp":"t","conflict":{"y":"1","conflict":"true"},"conflict_fields":["y","conflict"]}""")]
    [InlineData("""{"@timestamp":"t","":1}""", "", """{"@timestamp":"t","conflict":{"(empty)":"1"},"conflict_fields":["(empty)"]}""")]
    public void A_field_moves_with_its_value_as_text(string document, string path, string expected) =>
        Assert.Equal(expected, Move(document, (at, _, _) => at == path));

    [Theory]
    [InlineData("""{"@timestamp":"t","n":1}""", "user")]
    [InlineData("""{"@timestamp":"t","n":1}""", "@timestamp")]
    [InlineData("""{"@timestamp":"t","conflict":{"x":"1"},"conflict_fields":["x"]}""", "conflict")]
    public void What_is_not_there_or_must_stay_is_not_moved(string document, string path) => Assert.Null(Move(document, (at, _, _) => at == path));

    [Fact]
    public void A_deep_document_is_no_trouble()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"o\":", 1000)) + "1" + new string('}', 1000);
        var path = string.Join('.', Enumerable.Repeat("o", 20));
        Assert.EndsWith($"\"conflict_fields\":[\"{path}\"]}}", Move(deep, (at, _, _) => at == path), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_fields_of_any_document_move_as_the_reference_says_also_one_after_the_other()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var original = new RandomRecords(random).Next(1).Document;
                var document = original.ToJsonString();
                List<string> keys = [];
                for (var round = 0; round < 3; round++)
                {
                    var chosen = new HashSet<string>();
                    var share = random.Next(2, 6);
                    var moved = Move(document, (at, name, _) => name != "n" && (chosen.Contains(at) || (Math.Abs(at.GetHashCode(StringComparison.Ordinal) + seed + round) % share == 0 && chosen.Add(at))));
                    if (moved is null)
                        continue;
                    document = moved;
                }

                var actual = JsonNode.Parse(document)!.AsObject();
                keys.AddRange(actual["conflict_fields"]?.AsArray().Select(key => (string)key!) ?? []);
                return !keys.Exists(key => key.EndsWith('~')) && ReferenceMoves.AreEqual(ReferenceMoves.Move(original, keys), actual)
                    || keys.Exists(key => key.EndsWith('~'));
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), property);
    }

    private static string? Move(string document, MovedFields.Choice choice)
    {
        var output = new ArrayBufferWriter<byte>();
        return MovedFields.Move(Encoding.UTF8.GetBytes(document), choice, output).Count == 0 ? null : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
