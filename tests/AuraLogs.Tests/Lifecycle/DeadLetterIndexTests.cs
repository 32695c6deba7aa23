using System.Buffers;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>The lifecycle's template is for the indices that the writer of dead letters really makes.</summary>
public sealed class DeadLetterIndexTests
{
    [Fact]
    public async Task The_index_of_a_dead_letter_is_deleted_by_the_dead_letters_policy()
    {
        await using var cluster = await LocalCluster.StartAsync(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        Assert.True((await cluster.Lifecycle.ApplyAsync()).InPlace);
        var index = IndexOfALetter();
        await cluster.SendAsync("PUT", $"/{index}/_create/1", """{"document":"{}"}""");

        var settings = (await cluster.SendAsync("GET", $"/{index}/_settings"))[index]!["settings"]!["index"]!;
        Assert.Equal("aura-dead-letters", (string?)settings["lifecycle"]!["name"]);
    }

    private static string IndexOfALetter()
    {
        using var entry = new QueueEntry(Entries.Header(Entries.Number(1), queueId: 1, address: 0, sequence: 0), MemoryPool<byte>.Shared.Rent(0));
        using var memory = TestMemory.Budgets();
        var letters = new BulkRequests(new IndexingOptions(), memory).RentForDeadLetters();
        new DeadLetterWriter(TimeProvider.System).Write(
            "{\"create\":{\"_index\":\"aura-services-2026.01.01\",\"_id\":\"1\"}}\n{}\n"u8, new ElasticsearchError("a", "b", "c"),
            new EntryTracker(null!, entry, "tag"u8.ToArray()), letters);
        var action = letters.Item(0).Span;
        return JsonElement.Parse(action[..action.IndexOf((byte)'\n')]).GetProperty("create").GetProperty("_index").GetString()!;
    }
}
