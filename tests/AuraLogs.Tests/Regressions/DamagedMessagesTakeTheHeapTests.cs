using System.Buffers;
using System.Text;
using System.Text.Json;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Forward;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Storing;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// What a damaged message took beside the pool were copies of all of it, and for its dead letter texts of many times its size: four senders of 20 MB took a
/// container of 256 MiB, and the process ended with an OutOfMemoryException. All of that is the pool's now.
/// </summary>
public sealed class DamagedMessagesTakeTheHeapTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public void A_dead_letter_is_written_in_the_memory_of_its_request()
    {
        using var entry = new QueueEntry(Entries.Header(Entries.Number(1), queueId: 1, address: 0, sequence: 0), MemoryPool<byte>.Shared.Rent(0));
        using var memory = TestMemory.Budgets();

        // Characters of one to four bytes, and quotes, so that the text is cut at every place there is.
        string text = string.Concat(Enumerable.Repeat("a\"ä€😀\\", 400_000));
        byte[] item = Encoding.UTF8.GetBytes($"{{\"create\":{{\"_index\":\"aura-services-2026.11.22\",\"_id\":\"1\"}}}}\n{text}\n");
        var letters = new BulkRequests(new IndexingOptions(), memory).RentForDeadLetters();
        var writer = new DeadLetterWriter(TimeProvider.System);
        var tracker = new EntryTracker(null!, entry, "tag"u8.ToArray());

        long before = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(item, new ElasticsearchError("type", "reason"), tracker, letters);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(taken, 0, MiB);
        var letter = letters.Item(0).Span;
        var document = JsonElement.Parse(letter[(letter.IndexOf((byte)'\n') + 1)..]);
        Assert.Equal(text, document.GetProperty("document").GetString());
    }

    /// <summary>8 MB of events and other values in turn: 4 MiB of them become an entry, all are in the quarantine.</summary>
    [Fact]
    public async Task A_damaged_message_is_taken_apart_in_the_memory_of_the_pool()
    {
        using var directory = new QueueDirectory();
        await using var queue = directory.OpenWithoutLoops();
        byte[] pair = [.. Pack.Event(1_900_000_000), .. Pack.Int(5)];
        byte[] message = Pack.Array(Pack.Str("app"), Pack.Bin([.. Enumerable.Repeat(pair, 8_000_000 / pair.Length).SelectMany(bytes => bytes)]));
        var limits = new ForwardOptions().ToLimits(queue.PartBytes, queue.MaxEventBytes);
        var decoder = new ForwardDecoder(limits);
        Assert.Equal(DecodeStatus.Message, decoder.Decode(message));
        using var memory = TestMemory.Budgets();
        var store = new MessageStore(queue, limits, memory.Storing);

        // All of it fits in the queue's pages, so it is stored on this thread up to its end; unless another test takes a message apart, whose turn it is then.
        var (stored, taken) = Store();
        for (; !stored.IsCompletedSuccessfully; (stored, taken) = Store())
            await stored;
        Assert.InRange(taken, 0, 4 * MiB);

        Assert.InRange(await stored, 5_000, 10_001);
        Assert.True(store.TakeDamage() is { Unreadable: 5_000 });
        Assert.Equal(0, memory.Storing.Used);

        (ValueTask<int> Stored, long Taken) Store()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var storing = store.StoreAsync(decoder, message, default);
            return (storing, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
