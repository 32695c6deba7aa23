using System.Text.Json;
using AuraLogs.Indexing.Conflicts;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>An event with a field of another type than the index has it as was a dead letter: no reader of the logs ever saw it.</summary>
public sealed class FieldConflictBecameDeadLetterTests : IAsyncLifetime, IDisposable
{
    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_is_indexed_under_its_id_with_the_field_moved_and_counted_with_its_sender()
    {
        _server.Refuse = (index, document) => IsLog(index) && document.TryGetProperty("user", out var user) && user.ValueKind == JsonValueKind.Object
            ? (400, "mapper_parsing_exception", "failed to parse field [user] of type [text] in document with id 'x'. Preview of field's value: '{name=Ann}'")
            : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await AppendAsync(run, n => Record(n, n % 2 == 0 ? new Dictionary<string, object?> { ["name"] = "Ann" } : "Ann"));
        await run.DrainedAsync();

        run.AssertLedger(indexed: 10);
        Assert.Equal(10, _server.Logs.Count());
        Assert.Equal(15, _server.Items);
        foreach (var (_, document) in _server.Logs)
        {
            var isMoved = document.GetProperty("n").GetInt32() % 2 == 0;
            Assert.Equal(!isMoved, document.TryGetProperty("user", out _));
            Assert.Equal(isMoved, document.TryGetProperty("conflict", out var conflict));
            if (isMoved)
            {
                Assert.Equal("{\"name\":\"Ann\"}", conflict.GetProperty("user").GetString());
                Assert.Equal("user", Assert.Single(document.GetProperty("conflict_fields").EnumerateArray()).GetString());
            }
        }

        // What comes again is known again.
        await AppendAsync(run, n => Record(n, n % 2 == 0 ? new Dictionary<string, object?> { ["name"] = "Ann" } : "Ann"));
        await run.DrainedAsync();
        run.AssertLedger(indexed: 10, duplicates: 10);

        var known = Assert.Single(run.Service<FieldConflicts>().Current);
        Assert.Equal(("user", "text", ConflictKind.Type, 10), (known.Field, known.MappedAs, known.Reason, known.Count));
        Assert.Equal(new FieldConflictSender("shop/cart-1", "object"), Assert.Single(known.Senders));
    }

    [Fact]
    public async Task What_still_fails_is_a_dead_letter_as_it_came_with_healing_off_or_a_field_that_nobody_has()
    {
        _server.Refuse = (index, document) => IsLog(index) && document.GetProperty("n").GetInt32() switch
        {
            0 => true,
            1 => document.TryGetProperty("user", out _),
            _ => false,
        }
            ? (400, "mapper_parsing_exception", document.TryGetProperty("conflict", out _) ? "failed to parse field [conflict] of type [flattened] in" : "failed to parse field [user] of type [text] in")
            : null;
        await using (var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync())
        {
            await AppendAsync(run, n => Record(n, "Ann"));
            await run.DrainedAsync();
            run.AssertLedger(indexed: 9, deadLettered: 1);
        }

        await using var off = await new IndexingRun(_directory, _server.Url.ToString(), options => options.HealConflicts = false).StartAsync();
        await AppendAsync(off, n => Record(n, "Ann"), chunk: "off");
        await off.DrainedAsync();
        off.AssertLedger(indexed: 17, deadLettered: 3);
    }

    /// <summary>A document of hundreds of conflicts is not sent hundreds of times.</summary>
    [Fact]
    public async Task After_some_rounds_everything_moves_at_once()
    {
        _server.Refuse = (index, document) =>
            IsLog(index) && document.EnumerateObject().Select(field => field.Name).FirstOrDefault(field => field.StartsWith("f-", StringComparison.Ordinal)) is { } name
                ? (400, "mapper_parsing_exception", $"failed to parse field [{name}] of type [long] in")
                : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        var record = Enumerable.Range(0, 300).ToDictionary(i => $"f-{i}", object? (_) => "x");
        await AppendAsync(run, _ => record, count: 1);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 1);
        Assert.InRange(_server.Items, 2, 20);
        Assert.Equal(300, _server.Logs.Single().Value.GetProperty("conflict").EnumerateObject().Count());
    }

    [Fact]
    public void The_account_of_conflicts_is_bounded()
    {
        var conflicts = new FieldConflicts(TimeProvider.System);
        for (var i = 0; i < 10_000; i++)
        {
            conflicts.Add(
                "aura-services-2026.11.22", new FieldConflict(ConflictKind.Type, $"f{i}{new string('x', 1000)}", "text"),
                [new MovedField($"f{i}{new string('x', 1000)}", JsonValueKind.Object)], $"shop/pod-{i}");
        }

        for (var i = 0; i < 100; i++)
            conflicts.Add("aura-services-2026.11.22", new FieldConflict(ConflictKind.Type, "last", "text"), [new MovedField("last", JsonValueKind.Object)], $"shop/pod-{i}");

        Assert.Equal(FieldConflicts.Most, conflicts.Current.Count);
        Assert.All(conflicts.Current, conflict => Assert.InRange(conflict.Field.Length, 1, 300));
        Assert.Equal(FieldConflicts.MostSenders, conflicts.Current.Single(conflict => conflict.Field == "last").Senders.Count);
    }

    private static bool IsLog(string index) => index.StartsWith("aura-services-", StringComparison.Ordinal);

    private static Dictionary<string, object?> Record(int n, object? user) => new()
    {
        ["n"] = n,
        ["user"] = user,
        ["kubernetes"] = new Dictionary<string, object?> { ["pod_name"] = "cart-1", ["namespace_name"] = "shop" },
    };

    private static async Task AppendAsync(IndexingRun run, Func<int, object?> record, string chunk = "chunk", int count = 10) =>
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(TestEvents.Entry(chunk, 0, count, record: record), default), default);
}
