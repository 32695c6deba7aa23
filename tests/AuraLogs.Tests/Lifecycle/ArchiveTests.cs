using AuraLogs.Lifecycle.Archive;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>A year of snapshots on the local Elasticsearch: days are found, restored, searched, and expire in the end.</summary>
public sealed class ArchiveTests
{
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_day_of_the_year_can_be_searched_again_until_its_snapshots_expire()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay);
        await cluster.Lifecycle.ApplyAsync();

        // 1. Events on day 200 and the day after; on day 300 they have long left the index.
        await PassDaysAsync(cluster, 200);
        await cluster.IndexAsync("needle");
        await PassDaysAsync(cluster, 1);
        await cluster.IndexAsync("hay");
        await PassDaysAsync(cluster, 99);
        Assert.Empty(await cluster.IndicesAsync());

        // 2. Both days are in the archive; one is restored, searched, and outlives ILM.
        var archive = cluster.Lifecycle.Archive;
        var days = await archive.ListAsync(CancellationToken.None);
        Assert.Equal([new DateOnly(2026, 7, 20), new DateOnly(2026, 7, 21)], days.Select(day => day.Day));
        await RestoreAsync(archive, days[0]);
        Assert.Equal(1, await cluster.CountAsync("restored-aura-services-2026.07.20", "needle"));
        await PassDaysAsync(cluster, 3);
        var restored = Assert.Single(await archive.ListRestoredAsync(CancellationToken.None));
        Assert.Equal(("restored-aura-services-2026.07.20", 1L), (restored.Name, restored.Documents));
        var explain = await cluster.SendAsync("GET", "/restored-*/_ilm/explain");
        Assert.False((bool)explain["indices"]![restored.Name]!["managed"]!);

        // 3. It goes when it is dropped, and can be restored again.
        Assert.True(await archive.DropAsync(restored, CancellationToken.None));
        Assert.False(await archive.DropAsync(restored, CancellationToken.None));
        Assert.Empty(await archive.ListRestoredAsync(CancellationToken.None));
        await RestoreAsync(archive, days[0]);
        await archive.DropAsync(restored, CancellationToken.None);

        // 4. A year after it left the index it is gone for good, and not before.
        await PassDaysAsync(cluster, 365 - 99);
        Assert.Equal(2, (await archive.ListAsync(CancellationToken.None)).Count);
        await PassDaysAsync(cluster, 12);
        Assert.Empty(await archive.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_failed_in_a_partial_snapshot_is_not_offered()
    {
        await using var server = await Elasticsearch.HttpServer.StartAsync(context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
            context.Response,
            """
            {"snapshots":[
              {"snapshot":"old","state":"SUCCESS","start_time_in_millis":1,"indices":["aura-services-2026.01.01","aura-services-2026.01.02"],"failures":[]},
              {"snapshot":"new","state":"PARTIAL","start_time_in_millis":2,"indices":["aura-services-2026.01.01","aura-services-2026.01.02","other"],
                "failures":[{"index":"aura-services-2026.01.01","shard_id":0}]},
              {"snapshot":"broken","state":"FAILED","start_time_in_millis":3,"indices":["aura-services-2026.01.01"],"failures":[]},
              {"snapshot":"running","state":"IN_PROGRESS","start_time_in_millis":4,"indices":["aura-services-2026.01.02"],"failures":[]}]}
            """));
        using var cluster = new ManagedCluster(server.Url, TimeProvider.System);
        var days = await cluster.Archive.ListAsync(CancellationToken.None);
        Assert.Equal([("aura-services-2026.01.01", "old"), ("aura-services-2026.01.02", "new")], days.Select(day => (day.Index, day.Newest.Name)));
    }

    private static async Task RestoreAsync(LogArchive archive, ArchivedDay day)
    {
        var indices = await archive.StartRestoreAsync([(day, day.Newest)], CancellationToken.None);
        var done = false;
        await archive.WaitAsync(indices, progress => done = progress.IsDone, CancellationToken.None);
        Assert.True(done);
    }

    /// <summary>Noon to noon, with the snapshot and the expiry of the night between.</summary>
    private static async Task PassDaysAsync(LocalCluster cluster, int days)
    {
        for (var day = 0; day < days; day++)
        {
            var retentions = await RetentionsAsync(cluster);
            cluster.Time.Advance(TimeSpan.FromHours(14));
            await cluster.WaitAsync(async () => await RetentionsAsync(cluster) > retentions, "SLM's retention has not run today");
            await cluster.WaitAsync(
                async () =>
                {
                    var policy = (await cluster.SendAsync("GET", "/_slm/policy/aura-services-daily"))["aura-services-daily"]!;
                    return (long?)policy["last_success"]?["time"] is { } time
                        && DateTimeOffset.FromUnixTimeMilliseconds(time) >= cluster.Time.GetUtcNow().Date;
                },
                "there is no snapshot of today");
            cluster.Time.Advance(TimeSpan.FromHours(10));
        }
    }

    private static async Task<long> RetentionsAsync(LocalCluster cluster) => (long)(await cluster.SendAsync("GET", "/_slm/stats"))["retention_runs"]!;
}
