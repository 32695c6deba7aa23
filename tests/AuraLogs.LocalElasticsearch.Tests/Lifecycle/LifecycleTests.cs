using System.Text.Json.Nodes;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.LocalElasticsearch.Tests.Lifecycle;

public class LifecycleTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_delete_phase_counts_from_the_date_in_the_name_and_waits_for_a_snapshot()
    {
        ManualTime time = new(Start);
        await using LocalServer server = await LocalServer.StartAsync(time: time);
        await server.OkAsync("PUT", "/_snapshot/repo", """{"type":"fs","settings":{"location":"repo"}}""");
        await server.OkAsync("PUT", "/_slm/policy/nightly", """{"schedule":"0 30 1 * * ?","name":"<snap-{now/d}>","repository":"repo","config":{"indices":["aura-services-*"]}}""");
        await server.OkAsync("PUT", "/_ilm/policy/aura", """{"policy":{"phases":{"delete":{"min_age":"2d","actions":{"wait_for_snapshot":{"policy":"nightly"},"delete":{}}}}}}""");
        await server.OkAsync("PUT", "/aura-services-2026.11.21", """{"settings":{"index.lifecycle.name":"aura","index.lifecycle.parse_origination_date":true}}""");

        // 2026-11-23T00:00 is two days after the name's date.
        time.Advance(TimeSpan.FromHours(16));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("wait-for-snapshot", await StepAsync(server));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("wait-for-snapshot", await StepAsync(server));

        // The nightly snapshot of 01:30 lets it go.
        time.Advance(TimeSpan.FromMinutes(30));
        await Eventually(async () => (await server.OkAsync("GET", "/_slm/policy/nightly"))["nightly"]!["last_success"] is not null);
        for (int i = 0; i < 3; i++)
            time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(404, (await server.SendAsync("HEAD", "/aura-services-2026.11.21")).Status);
        Assert.Equal("SUCCESS", (string)(await server.OkAsync("GET", "/_snapshot/repo/_all"))["snapshots"]![0]!["state"]!);
    }

    [Fact]
    public async Task An_index_younger_than_its_phase_stays_and_stopped_ilm_deletes_nothing()
    {
        ManualTime time = new(Start);
        await using LocalServer server = await LocalServer.StartAsync(time: time);
        await server.OkAsync("PUT", "/_ilm/policy/aura", """{"policy":{"phases":{"delete":{"min_age":"7d","actions":{"delete":{}}}}}}""");
        await server.OkAsync("PUT", "/logs-1", """{"settings":{"index.lifecycle.name":"aura"}}""");

        time.Advance(TimeSpan.FromDays(6.9));
        Assert.Equal(200, (await server.SendAsync("HEAD", "/logs-1")).Status);
        await server.OkAsync("POST", "/_ilm/stop");
        time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(200, (await server.SendAsync("HEAD", "/logs-1")).Status);
        await server.OkAsync("POST", "/_ilm/start");
        time.Advance(TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(404, (await server.SendAsync("HEAD", "/logs-1")).Status);
    }

    [Fact]
    public async Task Snapshots_are_incremental_restore_with_rename_and_free_their_blocks()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.OkAsync("PUT", "/_snapshot/repo", """{"type":"fs","settings":{"location":"repo"}}""");
        await server.OkAsync("PUT", "/_ilm/policy/aura", """{"policy":{"phases":{"delete":{"min_age":"7d","actions":{"delete":{}}}}}}""");
        await server.OkAsync("PUT", "/logs-1", """{"settings":{"index.lifecycle.name":"aura"}}""");
        await server.BulkAsync("""{"create":{"_index":"logs-1","_id":"a"}}""", """{"lvl":"ERROR"}""");
        await server.OkAsync("PUT", "/_snapshot/repo/one?wait_for_completion=true", """{"indices":"logs-*"}""");
        await server.OkAsync("PUT", "/_snapshot/repo/two?wait_for_completion=true", """{"indices":"logs-*"}""");

        // The second of two equal snapshots adds no block.
        JsonNode status = await server.OkAsync("GET", "/_snapshot/repo/two/_status");
        Assert.Equal(0, (int)status["snapshots"]![0]!["stats"]!["incremental"]!["file_count"]!);
        Assert.True((int)status["snapshots"]![0]!["stats"]!["total"]!["file_count"]! > 0);

        (int refused, JsonNode? why) = await server.SendAsync("POST", "/_snapshot/repo/one/_restore", "{}");
        Assert.Equal((500, "snapshot_restore_exception"), (refused, (string)why!["error"]!["type"]!));

        await server.OkAsync("DELETE", "/_snapshot/repo/two");
        await server.OkAsync(
            "POST", "/_snapshot/repo/one/_restore?wait_for_completion=true",
            """{"rename_pattern":"(.+)","rename_replacement":"restored-$1","ignore_index_settings":["index.lifecycle.*"]}""");
        Assert.Equal(1, (int)(await server.OkAsync("GET", "/restored-logs-1/_count?q=lvl:ERROR"))["count"]!);
        Assert.False((bool)(await server.OkAsync("GET", "/restored-logs-1/_ilm/explain"))["indices"]!["restored-logs-1"]!["managed"]!);

        await server.OkAsync("DELETE", "/_snapshot/repo/one");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.Options.Path, "snapshots", "repo", "blocks")));
    }

    private static async Task<string> StepAsync(LocalServer server)
    {
        JsonNode explained = await server.OkAsync("GET", "/aura-services-2026.11.21/_ilm/explain");
        return (string)explained["indices"]!["aura-services-2026.11.21"]!["step"]!;
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }
}
