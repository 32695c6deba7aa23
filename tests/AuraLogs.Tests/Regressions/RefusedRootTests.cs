using AuraLogs.Tests.Elasticsearch;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Lifecycle;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A user that may write to indices and nothing else can't read <c>GET /</c>; the pass of the lifecycle ended there with an exception, the
/// wait for the templates never did, and no event was ever indexed.
/// </summary>
public sealed class RefusedRootTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(403)]
    [InlineData(401)]
    public async Task Indexing_begins_although_the_version_can_not_be_read(int status)
    {
        await using var server = await HttpServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(
                """{"error":{"type":"security_exception","reason":"action [cluster:monitor/main] is unauthorized for user [writer]"},"status":403}""");
        });
        using var cluster = new ManagedCluster(server.Url, _time, local: false);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Manager.Latest is not null && _time.Waiting > 0);

        Assert.False(cluster.Gate.IsOpen);
        Assert.Contains("lifecycle-version-unknown", cluster.ProblemCodes);
        Assert.Contains("indexing-waits-for-templates", cluster.ProblemCodes);

        for (var minute = 0; minute < 20; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Until.TrueAsync(() => _time.Waiting > 0);
        }

        Assert.True(cluster.Gate.IsOpen);
        Assert.DoesNotContain("indexing-waits-for-templates", cluster.ProblemCodes);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }

    /// <summary>What is there may be of a newer form than what every version takes.</summary>
    [Fact]
    public async Task Nothing_that_is_there_is_changed_while_the_version_is_not_known()
    {
        List<string> puts = [];
        await using var server = await HttpServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/")
            {
                context.Response.StatusCode = 403;
                await context.Response.WriteAsync("""{"error":{"type":"security_exception","reason":"no"},"status":403}""");
                return;
            }

            if (context.Request.Method == "PUT")
                lock (puts)
                    puts.Add(context.Request.Path);
            await context.Response.WriteAsync(
                """{"aura-services":{"policy":{"phases":{"hot":{"actions":{}}},"_meta":{"managed_by":"auralogs"}},"mappings":{"_meta":{"managed_by":"auralogs"}}}}""");
        });
        using var cluster = new ManagedCluster(server.Url, _time, local: false);

        await cluster.ApplyAsync();

        Assert.DoesNotContain("/_ilm/policy/aura-services", puts);
        Assert.DoesNotContain("/_template/aura-services", puts);
        Assert.Contains("/_ilm/policy/aura-dead-letters", puts);
    }

    [Fact]
    public async Task A_block_on_the_cluster_is_not_called_a_missing_privilege()
    {
        await using var server = await HttpServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/" ? 200 : 403;
            return context.Response.WriteAsync(context.Request.Path == "/"
                ? """{"version":{"number":"7.17.6"}}"""
                : """{"error":{"type":"cluster_block_exception","reason":"blocked by: [FORBIDDEN/6/cluster read-only (api)];"},"status":403}""");
        });
        using var cluster = new ManagedCluster(server.Url, _time, local: false);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Manager.Latest is not null && _time.Waiting > 0);

        Assert.All(
            cluster.Problems.Current.Where(problem => problem.Code.StartsWith("lifecycle-", StringComparison.Ordinal) && problem.Code != "lifecycle-deletions-held"),
            problem =>
            {
                Assert.DoesNotContain("may not", problem.Sentence, StringComparison.Ordinal);
                Assert.Contains("block", problem.Sentence, StringComparison.Ordinal);
            });
        Assert.Contains("lifecycle-blind", cluster.ProblemCodes);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }
}
