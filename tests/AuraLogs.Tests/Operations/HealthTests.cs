using System.Net;
using System.Text.Json;

namespace AuraLogs.Tests.Operations;

public sealed class HealthTests
{
    [Fact]
    public async Task Without_problems_both_say_ok()
    {
        await using var host = await OperationsHost.StartAsync();

        foreach (var path in (string[])["/healthz", "/readyz"])
        {
            var (status, body) = await AskAsync(host, path);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("ok", body.GetProperty("status").GetString());
            Assert.Equal(0, body.GetProperty("problems").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_problem_that_leaves_intake_alone_degrades_and_stays_ready()
    {
        await using var host = await OperationsHost.StartAsync();
        host.Problems.Raise("snapshot-overdue", "The last good snapshot is 2 days old.");

        var (status, body) = await AskAsync(host, "/readyz");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("degraded", body.GetProperty("status").GetString());
        var problem = body.GetProperty("problems")[0];
        Assert.Equal("snapshot-overdue", problem.GetProperty("code").GetString());
        Assert.Equal("The last good snapshot is 2 days old.", problem.GetProperty("sentence").GetString());
    }

    [Fact]
    public async Task A_problem_that_stops_intake_fails_readiness_and_not_liveness()
    {
        await using var host = await OperationsHost.StartAsync();
        host.Problems.Raise("queue-full", "The queue is full.", stopsIntake: true);

        var (ready, body) = await AskAsync(host, "/readyz");
        var (alive, _) = await AskAsync(host, "/healthz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready);
        Assert.Equal("unavailable", body.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, alive);

        host.Problems.Clear("queue-full");
        (ready, _) = await AskAsync(host, "/readyz");
        Assert.Equal(HttpStatusCode.OK, ready);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(OperationsHost host, string path)
    {
        using var answer = await host.Http.GetAsync(path);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
