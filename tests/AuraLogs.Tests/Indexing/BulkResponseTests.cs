using System.Text;
using AuraLogs.Indexing.Judging;

namespace AuraLogs.Tests.Indexing;

public sealed class BulkResponseTests
{
    private const string Created = """{"create":{"status":201}}""";
    private const string Conflict = """{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[a]: \"}]}\" exists"}}}""";
    private const string Poison = """{"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"no","caused_by":{"type":"x","reason":"y"}}}}""";

    private readonly BulkResponse _response = new();

    [Fact]
    public void Each_item_has_its_verdict_in_order()
    {
        Assert.True(TryRead($$"""{"errors":true,"items":[{{Created}},{{Conflict}},{{Created}},{{Poison}}]}""", 4));
        Assert.Equal([Verdict.Indexed, Verdict.Duplicate, Verdict.Indexed, Verdict.DeadLetter], _response.Verdicts.ToArray());
        var (item, error) = Assert.Single(_response.Errors);
        Assert.Equal(3, item);
        Assert.Equal("mapper_parsing_exception", error.Type);
        Assert.Equal("no", error.Reason);
    }

    [Theory]
    [InlineData("""{"took":5,"errors":false,"items":[{"create":{"_index":"i","_type":"_doc","_id":"1","_version":1,"result":"created","status":201}}]}""")]
    [InlineData("{\n  \"errors\" : false,\n  \"items\" : [\n    {\n      \"create\" : { \"status\" : 201 }\n    }\n  ]\n}\n")]
    [InlineData("""{"items":[{"create":{"status":201}}],"errors":false,"took":{"a":[1]}}""")]
    [InlineData("""{"a":{"items":[1,2]},"items":[{"create":{"status":200}}]}""")]
    public void The_shape_around_the_items_does_not_matter(string body)
    {
        Assert.True(TryRead(body, 1));
        Assert.Equal([Verdict.Indexed], _response.Verdicts.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html></html>")]
    [InlineData("""{"errors":false}""")]
    [InlineData("""{"errors":false,"items":{}}""")]
    [InlineData("""{"errors":false,"items":[]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}},{"create":{"status":201}}]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}}{"create":{"status":201}}]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},{"create":{}}]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},{}]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},7]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":"201"}}]}""")]
    [InlineData("""{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}}""")]
    public void What_is_no_whole_answer_for_two_items_does_not_count(string body) => Assert.False(TryRead(body, 2));

    [Fact]
    public void An_answer_that_is_cut_anywhere_does_not_count()
    {
        var whole = $$"""{"errors":true,"items":[{{Created}},{{Conflict}},{{Poison}}]}""";
        for (var length = 0; length < whole.Length; length++)
            Assert.False(TryRead(whole[..length], 3), whole[..length]);
        Assert.True(TryRead(whole, 3));
    }

    private bool TryRead(string body, int sent) => _response.TryRead(Encoding.UTF8.GetBytes(body), sent);
}
