using System.Collections.Concurrent;
using AuraLogs.Elasticsearch;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A document that the cluster put into its failure store was answered 201 and counted as indexed; and what newer versions offer against
/// log contents in errors, and all versions against a long wait for a shard, was not asked for.
/// </summary>
public sealed class BulkParametersTests : IAsyncLifetime, IDisposable
{
    private readonly QueueDirectory _directory = new();
    private readonly ConcurrentQueue<(string Query, string? OpaqueId)> _requests = [];
    private BulkServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await BulkServer.StartAsync();
        _server.Intercept = context =>
        {
            _requests.Enqueue((Uri.UnescapeDataString(context.Request.QueryString.Value!), context.Request.Headers["X-Opaque-Id"]));
            return Task.FromResult(false);
        };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_document_in_the_failure_store_is_a_dead_letter_and_not_indexed()
    {
        _server.Intercept = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("""{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201,"failure_store":"used"}},{"create":{"failure_store":"not_enabled","status":201}}]}""");
            return true;
        };
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        await run.AppendAsync(3);
        await run.DrainedAsync();
        run.AssertLedger(indexed: 2, deadLettered: 1);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("7.17.6", false)]
    [InlineData("8.17.4", false)]
    [InlineData("8.18.0", true)]
    [InlineData("9.1.0", true)]
    public async Task What_is_asked_for_follows_the_version(string? version, bool hidesSource)
    {
        await using var run = new IndexingRun(_directory, _server.Url.ToString());
        run.Service<ElasticsearchClient>().ClusterVersion = version is null ? null : Version.Parse(version);
        await run.StartAsync();
        await run.AppendAsync(3);
        await run.DrainedAsync();

        var (query, opaqueId) = Assert.Single(_requests);
        Assert.Equal(hidesSource, query.Contains("&include_source_on_error=false", StringComparison.Ordinal));
        Assert.Contains("items.*.failure_store", query, StringComparison.Ordinal);
        Assert.Contains("&timeout=30s", query, StringComparison.Ordinal);
        Assert.DoesNotContain("pipeline", query, StringComparison.Ordinal);
        Assert.StartsWith("auralogs/", opaqueId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_go_through_the_pipeline_and_dead_letters_do_not()
    {
        _server.Refuse = (index, _) => index.StartsWith("aura-services-", StringComparison.Ordinal) ? (400, "strict_dynamic_mapping_exception", "no") : null;
        await using var run = await new IndexingRun(_directory, _server.Url.ToString(), options => options.Pipeline = "add & drop").StartAsync();
        await run.AppendAsync(3);
        await run.DrainedAsync();

        Assert.Equal(2, _requests.Count);
        Assert.Contains("&pipeline=add & drop", _requests.First().Query, StringComparison.Ordinal);
        Assert.DoesNotContain("pipeline", _requests.Last().Query, StringComparison.Ordinal);
    }
}
