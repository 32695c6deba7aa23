using System.Buffers;
using System.Text;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>A dead letter said "failed to parse" and no more: the cause was asked for and thrown away. The texts are a real 7.6.0's.</summary>
public sealed class DeepestCauseTests
{
    [Theory]
    [InlineData(
        """{"type":"mapper_parsing_exception","reason":"failed to parse","caused_by":{"type":"illegal_argument_exception","reason":"field name cannot be an empty string"}}""",
        "failed to parse: field name cannot be an empty string")]
    [InlineData(
        """{"type":"a","reason":"outer","caused_by":{"type":"b","reason":"middle","caused_by":{"type":"c","reason":"deepest"}}}""",
        "outer: deepest")]
    [InlineData("""{"type":"a","reason":"outer with the cause in it","caused_by":{"type":"b","reason":"the cause"}}""", "outer with the cause in it")]
    [InlineData("""{"type":"a","reason":"outer","caused_by":{"type":"b","reason":null}}""", "outer")]
    [InlineData("""{"type":"a","reason":"alone"}""", "alone")]
    public void The_explanation_has_the_deepest_cause(string error, string explanation) =>
        Assert.Equal(explanation, ElasticsearchError.Parse(JsonElement.Parse(error)).Explanation);

    [Fact]
    public void A_dead_letter_has_it()
    {
        using var entry = new QueueEntry(Entries.Header(Entries.Number(1), queueId: 1, address: 0, sequence: 0), MemoryPool<byte>.Shared.Rent(0));
        using var memory = TestMemory.Budgets();
        var letters = new BulkRequests(new IndexingOptions(), memory).RentForDeadLetters();
        new DeadLetterWriter(TimeProvider.System).Write(
            "{\"create\":{\"_index\":\"aura-services-2026.11.22\",\"_id\":\"k7\"}}\n{\"\":1}\n"u8,
            new ElasticsearchError("mapper_parsing_exception", "failed to parse", "field name cannot be an empty string"),
            new EntryTracker(null!, entry, "tag"u8.ToArray()), letters);
        Assert.Contains("failed to parse: field name cannot be an empty string", Encoding.UTF8.GetString(letters.Item(0).Span), StringComparison.Ordinal);
    }
}
