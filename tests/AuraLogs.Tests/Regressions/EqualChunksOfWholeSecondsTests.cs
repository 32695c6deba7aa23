using AuraLogs.Indexing.Documents;
using AuraLogs.Queue;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Fluent Bit's chunk id is a hash of the content. Two chunks of whole-second times with the same lines had the same document ids:
/// the second was acknowledged, answered 409, counted as a duplicate, and nowhere.
/// </summary>
public sealed class EqualChunksOfWholeSecondsTests : IAsyncLifetime, IDisposable
{
    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData((int)DocumentIdSource.Auto, 3, 1)]
    [InlineData((int)DocumentIdSource.Chunk, 1, 1)]
    [InlineData((int)DocumentIdSource.Queue, 3, 2)]
    public async Task Chunks_whose_id_may_repeat_are_all_indexed(int ids, int repeated, int named)
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options => options.DocumentIds = (DocumentIdSource)ids).StartAsync();
        var entry = TestEvents.Entry("a hash of the content", 0, 1);
        for (var i = 0; i < 3; i++)
            await AppendAsync(run, entry with { ChunkIdMayRepeat = true });
        await run.DrainedAsync();
        Assert.Equal(repeated, _server.Logs.Count());

        // What is stored twice with an id of its own is still indexed once.
        for (var i = 0; i < 2; i++)
            await AppendAsync(run, TestEvents.Entry("its own id", 1, 1));
        await run.DrainedAsync();
        Assert.Equal(repeated + named, _server.Logs.Count());
    }

    [Theory]
    [InlineData("the same line twice in a second, in two flushes on one connection", 1, 2, false)]
    [InlineData("the same health check on two nodes", 2, 1, false)]
    [InlineData("dynamic tags, a line a message", 1, 20, true)]
    public async Task Equal_lines_of_Fluent_Bit_are_all_stored_as_chunks_of_their_own(string what, int connections, int chunks, bool messages)
    {
        await using var server = await ForwardServer.StartAsync();
        byte[] time = Pack.Time(1_700_000_000);
        byte[] line = Pack.Array(Pack.Array(time, Pack.Map()), Pack.Record(what));
        byte[] options = ContentHash.Options(line);
        byte[] chunk = messages
            ? Pack.Array(Pack.Str("nginx"), time, Pack.Record(what), options)
            : Pack.Array(Pack.Str("nginx"), Pack.Array(line), options);
        for (var connection = 0; connection < connections; connection++)
        {
            await using var client = await server.ConnectAsync();
            for (var i = 0; i < chunks; i++)
            {
                await client.SendAsync(chunk);
                await client.ReceiveAckAsync();
            }
        }

        for (var i = 0; i < connections * chunks; i++)
        {
            using var entry = await server.Queue.ReadAsync(default);
            Assert.True(entry.ChunkIdMayRepeat);
        }

        Assert.Equal(0, server.Counts["auralogs_forward_resent_chunks_total"]);
    }

    private static async Task AppendAsync(IndexingRun run, NewEntry entry) =>
        await run.Queue.WaitForCommitAsync(await run.Queue.AppendAsync(entry, default), default);
}
