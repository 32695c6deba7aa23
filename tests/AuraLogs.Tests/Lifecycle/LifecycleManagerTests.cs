using AuraLogs.Lifecycle;
using AuraLogs.Tests.Elasticsearch;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>The loop against clusters that say no: indexing waits, and then does not; health says what to do.</summary>
public sealed class LifecycleManagerTests
{
    private const string Forbidden =
        """{"error":{"root_cause":[],"type":"security_exception","reason":"action [cluster:admin/ilm/put] is unauthorized for user [aura]"},"status":403}""";

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_disabled_lifecycle_lets_events_in_at_once()
    {
        using var cluster = new ManagedCluster(new Uri("http://127.0.0.1:1"), _time, new LifecycleOptions { Enabled = false });
        await cluster.Manager.StartAsync(CancellationToken.None);
        await cluster.Gate.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(cluster.ProblemCodes);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_a_problem_that_does_not_stop_intake()
    {
        using var cluster = new ManagedCluster(new Uri("http://127.0.0.1:1"), _time);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Problems.Current.Count > 0);
        var problem = Assert.Single(cluster.Problems.Current);
        Assert.Equal("lifecycle-not-checked", problem.Code);
        Assert.False(problem.StopsIntake);

        // Time without an answer is not held against the template.
        for (var i = 0; i < 20; i++)
        {
            await Until.TrueAsync(() => _time.Waiting > 0);
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.False(cluster.Gate.IsOpen);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Missing_privileges_are_named_and_hold_events_up_for_a_while_only()
    {
        await using var server = await HttpServer.StartAsync(AnswerAsync);
        using var cluster = new ManagedCluster(server.Url, _time, local: false);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Manager.Latest is not null && _time.Waiting > 0);

        Assert.Contains("manage_ilm", SentenceOf(cluster, "lifecycle-ilm-policy-aura-services"), StringComparison.Ordinal);
        Assert.Contains("manage_slm", SentenceOf(cluster, "lifecycle-slm-policy-aura-services-daily"), StringComparison.Ordinal);
        Assert.Contains("manage_index_templates", SentenceOf(cluster, "lifecycle-index-template-aura-services"), StringComparison.Ordinal);
        Assert.Contains("view_index_metadata", SentenceOf(cluster, "lifecycle-blind"), StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Problems.Current, problem => problem.StopsIntake);
        Assert.False(cluster.Gate.IsOpen);

        await PassMinutesAsync(9);
        Assert.False(cluster.Gate.IsOpen);
        await PassMinutesAsync(11);
        Assert.True(cluster.Gate.IsOpen);
        await cluster.Manager.StopAsync(CancellationToken.None);

        static Task AnswerAsync(HttpContext context)
        {
            context.Response.ContentType = "application/json; charset=UTF-8";
            context.Response.StatusCode = context.Request.Path == "/" ? 200 : 403;
            return context.Response.WriteAsync(context.Request.Path == "/" ? """{"version":{"number":"8.15.3"}}""" : Forbidden);
        }
    }

    [Fact]
    public async Task A_cluster_that_is_too_old_is_named()
    {
        await using var server = await HttpServer.StartAsync(context => context.Response.WriteAsync("""{"version":{"number":"6.8.23"}}"""));
        using var cluster = new ManagedCluster(server.Url, _time);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Problems.Current.Count > 0);
        Assert.Contains("Elasticsearch 6.8.23 is too old", SentenceOf(cluster, "lifecycle-not-checked"), StringComparison.Ordinal);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Something_that_is_not_Elasticsearch_is_named()
    {
        await using var server = await HttpServer.StartAsync(context => context.Response.WriteAsync("<html>Welcome</html>"));
        using var cluster = new ManagedCluster(server.Url, _time);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => cluster.Problems.Current.Count > 0);
        Assert.Contains("something in between answers", SentenceOf(cluster, "lifecycle-not-checked"), StringComparison.Ordinal);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task An_answer_of_a_shape_that_nobody_expects_does_not_end_the_loop()
    {
        await using var server = await HttpServer.StartAsync(
            context => context.Response.WriteAsync("""{"version":{"number":8}}"""));
        using var cluster = new ManagedCluster(server.Url, _time);
        await cluster.Manager.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => _time.Waiting > 0);
        var before = server.Requests;
        await PassMinutesAsync(2);
        Assert.True(server.Requests > before);
        Assert.Contains("lifecycle-not-checked", cluster.ProblemCodes);
        await cluster.Manager.StopAsync(CancellationToken.None);
    }

    /// <summary>Minute by minute, each with the passes that fall into it.</summary>
    private async Task PassMinutesAsync(int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Until.TrueAsync(() => _time.Waiting > 0);
        }
    }

    private static string SentenceOf(ManagedCluster cluster, string code) =>
        Assert.Single(cluster.Problems.Current, problem => problem.Code == code).Sentence;
}
