using AuraLogs.Tests.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Indexing;

public sealed class IndexerTests : IAsyncLifetime, IDisposable
{
    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_event_is_indexed_once_as_its_document(bool gzip)
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();

        await run.AppendAsync(5000, perChunk: 1000, compression: gzip ? Compression.Gzip : Compression.None);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 5000);
        AssertNumbers(5000);
        var (key, document) = _server.Logs.First(log => log.Value.GetProperty("n").GetInt32() == 7);
        var time = TestEvents.FirstTime.AddSeconds(7).UtcDateTime;
        Assert.Equal($"aura-services-{time:yyyy.MM.dd}", key.Index);
        Assert.Equal(22, key.Id.Length);
        Assert.Equal($$"""{"@timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}.000000007Z","n":7,"msg":"message \"7\"","lvl":"INFO"}""", document.GetRawText());
    }

    [Fact]
    public async Task A_chunk_that_comes_again_changes_nothing_and_counts_as_duplicate()
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await run.AppendAsync(300);
        await run.DrainedAsync();

        await run.AppendAsync(300);
        await run.DrainedAsync();

        run.AssertLedger(indexed: 300, duplicates: 300);
        AssertNumbers(300);
    }

    private void AssertNumbers(int count) =>
        Assert.Equal(Enumerable.Range(0, count), _server.Logs.Select(log => log.Value.GetProperty("n").GetInt32()).Order());
}
