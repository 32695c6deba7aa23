using System.Buffers;
using System.Text;
using AuraLogs.Configuration;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;
using AuraLogs.Queue;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Indexing;

public sealed class IndexingOptionsTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void The_defaults_are_valid_and_those_that_are_documented()
    {
        var options = new IndexingOptions();
        Assert.Empty(Errors(options));
        Assert.Equal(("aura-services", DocumentIdSource.Auto), (options.IndexPrefix, options.DocumentIds));
        Assert.Equal((4 << 20, 10_000, 8, 64L << 20), (options.MaxRequestBytes, options.MaxRequestDocuments, options.MaxConcurrentRequests, options.MaxInFlightBytes));
        Assert.Equal((50, 200), (options.Linger.TotalMilliseconds, options.RetryDelay.TotalMilliseconds));
        Assert.Equal((5, 10, 4), (options.MaxRetryDelay.TotalSeconds, options.SlowRetryDelay.TotalSeconds, options.StopTimeout.TotalSeconds));
        Assert.Equal((30, 1), (options.GiveUpAfter.TotalMinutes, options.DeadLetterRetryInterval.TotalMinutes));
        Assert.Equal(("data/dead-letters", 64L << 20), (options.DeadLetterPath, options.DeadLetterMaxBytes));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("9.a_b-c+d", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("_a", false)]
    [InlineData("Aura", false)]
    [InlineData("a b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a*", false)]
    public void An_index_prefix_is_what_elasticsearch_takes_as_a_name(string prefix, bool isValid) =>
        Assert.Equal(isValid, Errors(new IndexingOptions { IndexPrefix = prefix }).Count == 0);

    [Fact]
    public void An_index_prefix_has_at_most_200_characters()
    {
        Assert.Empty(Errors(new IndexingOptions { IndexPrefix = new string('a', 200) }));
        Assert.Single(Errors(new IndexingOptions { IndexPrefix = new string('a', 201) }));
    }

    [Fact]
    public void Every_number_and_time_has_its_range()
    {
        Ranged(nameof(IndexingOptions.MaxRequestBytes), (o, v) => o.MaxRequestBytes = v, 64 << 10, 32 << 20, (64 << 10) - 1, (64 << 20) + 1);
        Ranged(nameof(IndexingOptions.MaxRequestDocuments), (o, v) => o.MaxRequestDocuments = v, 1, 100_000, 0, 100_001);
        Ranged(nameof(IndexingOptions.MaxConcurrentRequests), (o, v) => o.MaxConcurrentRequests = v, 1, 256, 0, 257);
        Ranged(nameof(IndexingOptions.MaxInFlightBytes), (o, v) => o.MaxInFlightBytes = v, 8L << 20, 16L << 30, (8L << 20) - 1, (16L << 30) + 1);
        Ranged(nameof(IndexingOptions.Linger), (o, v) => o.Linger = v, TimeSpan.Zero, TimeSpan.FromSeconds(10), -Tick, TimeSpan.FromSeconds(10) + Tick);
        Ranged(nameof(IndexingOptions.RetryDelay), (o, v) => (o.RetryDelay, o.MaxRetryDelay) = (v, TimeSpan.FromMinutes(2)), Milliseconds(1), TimeSpan.FromMinutes(1), Milliseconds(1) - Tick, TimeSpan.FromMinutes(1) + Tick);
        Ranged(nameof(IndexingOptions.MaxRetryDelay), (o, v) => o.MaxRetryDelay = v, Milliseconds(200), TimeSpan.FromMinutes(10), Milliseconds(200) - Tick, TimeSpan.FromMinutes(10) + Tick);
        Ranged(nameof(IndexingOptions.SlowRetryDelay), (o, v) => o.SlowRetryDelay = v, Milliseconds(1), TimeSpan.FromMinutes(10), Milliseconds(1) - Tick, TimeSpan.FromMinutes(10) + Tick);
        Ranged(nameof(IndexingOptions.GiveUpAfter), (o, v) => o.GiveUpAfter = v, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365), TimeSpan.FromSeconds(1) - Tick, TimeSpan.FromDays(365) + Tick);
        Ranged(nameof(IndexingOptions.StopTimeout), (o, v) => o.StopTimeout = v, TimeSpan.Zero, TimeSpan.FromMinutes(1), -Tick, TimeSpan.FromMinutes(1) + Tick);
        Ranged(nameof(IndexingOptions.PrimaryTimeout), (o, v) => o.PrimaryTimeout = v, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1) - Tick, TimeSpan.FromMinutes(10) + Tick);
        Ranged(nameof(IndexingOptions.DeadLetterMaxBytes), (o, v) => o.DeadLetterMaxBytes = v, 32L << 20, 1L << 40, (32L << 20) - 1, (1L << 40) + 1);
        Ranged(nameof(IndexingOptions.DeadLetterRetryInterval), (o, v) => o.DeadLetterRetryInterval = v, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), TimeSpan.FromSeconds(1) - Tick, TimeSpan.FromDays(1) + Tick);
    }

    [Fact]
    public void The_least_room_for_dead_letters_has_room_for_the_largest()
    {
        // An event of control characters: each is six bytes in the document, and seven in the letter that holds the document as text.
        var largestEvent = QueueLayout.For(new QueueOptions()).MaxEventBytes;
        byte[] item =
        [
            .. "{\"create\":{\"_index\":\"aura-services-2026.11.22\",\"_id\":\"1\"}}\n"u8,
            .. "{\"log\":\""u8, .. Enumerable.Repeat("\\u0001", largestEvent).SelectMany(Encoding.ASCII.GetBytes), .. "\"}\n"u8,
        ];
        var entry = new QueueEntry(Entries.Header(Entries.Number(1), queueId: 1, address: 0, sequence: 0), MemoryPool<byte>.Shared.Rent(0));
        using var memory = TestMemory.Budgets();
        var letters = new BulkRequests(new IndexingOptions(), memory).RentForDeadLetters();
        new DeadLetterWriter(TimeProvider.System).Write(
            item, new ElasticsearchError("type", "reason"), new EntryTracker(null!, entry, new byte[1_000]), letters);
        Assert.InRange(letters.Body.Position, 7 * largestEvent, 32 << 20);
    }

    [Fact]
    public void There_must_be_a_directory_for_dead_letters_and_all_mistakes_are_reported_at_once()
    {
        var errors = Errors(new IndexingOptions { IndexPrefix = "", MaxRequestDocuments = 0, DeadLetterPath = "" });
        Assert.Equal(3, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("AuraLogs:Indexing:DeadLetterPath ", StringComparison.Ordinal));
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static void Ranged<T>(string name, Action<IndexingOptions, T> set, T least, T most, T tooLittle, T tooMuch)
    {
        foreach (var (value, isValid) in ((T, bool)[])[(least, true), (most, true), (tooLittle, false), (tooMuch, false)])
        {
            var options = new IndexingOptions();
            set(options, value);
            Assert.Equal(!isValid, Errors(options).Any(error => error.StartsWith($"AuraLogs:Indexing:{name} ", StringComparison.Ordinal)));
        }
    }

    private static IReadOnlyList<string> Errors(IndexingOptions options)
    {
        var errors = new ConfigurationErrors();
        options.Validate(errors);
        return errors.Messages;
    }
}
