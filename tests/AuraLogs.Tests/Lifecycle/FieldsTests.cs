using System.Text.Json.Nodes;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

public sealed class FieldsTests
{
    [Theory]
    [InlineData("""{"a":{"b":1}}""", """{"a.b":"1"}""")]
    [InlineData("""{"a":true}""", """{"a":"true"}""")]
    [InlineData("""{"a":["x"]}""", """{"a":"x"}""")]
    [InlineData("""{"a":1,"b":null}""", """{"a":1}""")]
    [InlineData("""{"b":1,"a":2}""", """{"a":2,"b":1}""")]
    public void What_Elasticsearch_takes_as_equal_is_equal(string actual, string desired) =>
        Assert.Empty(Differences(actual, desired));

    [Theory]
    [InlineData("""{"a":{}}""", """{}""", "a", "{}", null)]
    [InlineData("""{"a":1}""", """{"a":2}""", "a", "1", "2")]
    [InlineData("""{"a":["x","y"]}""", """{"a":["y","x"]}""", "a", "x, y", "y, x")]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[{"b":2}]}""", "a.0.b", "1", "2")]
    [InlineData("""{}""", """{"a":{"b":{"c":false}}}""", "a.b.c", null, "false")]
    public void A_difference_names_its_field_and_both_values(
        string actual, string desired, string field, string? actualText, string? desiredText) =>
        Assert.Equal(new FieldDifference(field, actualText, desiredText), Assert.Single(Differences(actual, desired)));

    [Fact]
    public void Settings_that_only_the_cluster_has_can_be_left_alone()
    {
        var actual = FieldsOf("""{"type":"fs","settings":{"location":"a","max_restore_bytes_per_sec":"40mb"}}""");
        var desired = FieldsOf("""{"type":"fs","settings":{"location":"b"}}""");
        Assert.Equal(["settings.location"], actual.DifferencesTo(desired, onlyDesired: true).Select(difference => difference.Field));
    }

    private static IReadOnlyList<FieldDifference> Differences(string actual, string desired) => FieldsOf(actual).DifferencesTo(FieldsOf(desired));

    private static Fields FieldsOf(string json) => new(JsonNode.Parse(json)!.AsObject());
}
