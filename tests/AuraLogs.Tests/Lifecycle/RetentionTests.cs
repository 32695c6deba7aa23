using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>A week in the index and a year in snapshots, on the local Elasticsearch, with a clock that the test moves.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7.4.2")]
    [InlineData("7.6.0")]
    [InlineData("7.17.9")]
    [InlineData("8.19.0")]
    [InlineData("9.1.0")]
    public async Task The_local_Elasticsearch_takes_and_keeps_what_is_put(string version)
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay, version);
        Assert.True((await cluster.Lifecycle.ApplyAsync()).InPlace);
        Assert.All((await cluster.Lifecycle.ApplyAsync()).Resources, resource => Assert.Equal(ResourceChange.None, resource.Change));
        Assert.True((await cluster.Lifecycle.PlanAsync()).InPlace);
        await cluster.IndexAsync("hello");
        var report = await cluster.Lifecycle.ObserveAsync();
        var index = Assert.Single(report.Indices);
        Assert.Equal(("aura-services-2026.01.01", "aura-services", null), (index.Name, index.Policy, index.Error));
        Assert.True(report.IlmRunning && report.SlmRunning);
        Assert.Empty(report.Blind);
        Assert.Null(await cluster.Lifecycle.Observer.CheckRepositoryAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_index_goes_when_its_youngest_event_is_seven_days_old_and_not_before_it_is_in_a_snapshot()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay.AddHours(-12).AddMinutes(59));
        await cluster.Lifecycle.ApplyAsync();
        Dictionary<string, DateTimeOffset> youngest = [];
        HashSet<string> gone = [];
        for (var hour = 0; hour < 19 * 24; hour++)
        {
            if (hour < 10 * 24 && hour % 24 is (0 or 12 or 23))
            {
                await cluster.IndexAsync($"hour{hour}");
                youngest[LocalCluster.IndexOf(cluster.Time.GetUtcNow())] = cluster.Time.GetUtcNow();
            }

            await PassHourAsync(cluster);
            var there = (await cluster.IndicesAsync()).ToHashSet();
            foreach (var index in youngest.Keys.Where(index => !there.Contains(index) && gone.Add(index)))
            {
                Assert.True(cluster.Time.GetUtcNow() - youngest[index] >= TimeSpan.FromDays(7), $"{index} went at {cluster.Time.GetUtcNow():u}");
                Assert.Contains(await cluster.Lifecycle.Archive.ListAsync(CancellationToken.None), day => day.Index == index);
            }

            // Two days after it may go, it has gone.
            Assert.DoesNotContain(
                there, index => cluster.Time.GetUtcNow() - IndexDay.Parse(index)!.Value.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) > TimeSpan.FromDays(10));
        }

        Assert.Equal(10, gone.Count);
    }

    [Fact]
    public async Task No_index_goes_while_no_snapshot_is_taken()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay);
        await cluster.Lifecycle.ApplyAsync();
        await cluster.IndexAsync("precious");
        await cluster.SendAsync("POST", "/_slm/stop");
        await cluster.PassAsync(TimeSpan.FromDays(20), TimeSpan.FromHours(6));
        Assert.Equal(["aura-services-2026.01.01"], await cluster.IndicesAsync());
        var report = await cluster.Lifecycle.ObserveAsync();
        Assert.False(report.SlmRunning);
        Assert.True(Assert.Single(report.Indices).IsOverdueAt(report.At));

        await cluster.SendAsync("POST", "/_slm/start");
        for (var hour = 0; hour < 48; hour++)
            await PassHourAsync(cluster);
        Assert.Empty(await cluster.IndicesAsync());
    }

    [Fact]
    public async Task What_is_deleted_by_hand_comes_back()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay);
        await cluster.Lifecycle.ApplyAsync();
        await cluster.SendAsync("DELETE", "/_index_template/aura-services");
        await cluster.SendAsync("DELETE", "/_ilm/policy/aura-services");
        await cluster.SendAsync("DELETE", "/_slm/policy/aura-services-daily");
        await cluster.SendAsync("PUT", "/_ilm/policy/aura-dead-letters", """{"policy":{"_meta":{"managed_by":"auralogs"},"phases":{"delete":{"min_age":"1d","actions":{"delete":{}}}}}}""");
        var pass = await cluster.Lifecycle.ApplyAsync();
        Assert.True(pass.InPlace);
        Assert.Equal(
            ["aura-services", "aura-services", "aura-services-daily"],
            pass.Resources.Where(resource => resource.Change == ResourceChange.Created).Select(resource => resource.Name).Order());
        Assert.Equal("aura-dead-letters", Assert.Single(pass.Resources, resource => resource.Change == ResourceChange.Repaired).Name);
    }

    [Fact]
    public async Task The_loop_puts_right_lets_events_in_and_reports()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay);
        await cluster.Lifecycle.Manager.StartAsync(CancellationToken.None);
        await cluster.Lifecycle.Gate.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        await cluster.WaitAsync(() => Task.FromResult(cluster.Lifecycle.Manager.Latest is not null), "there was no pass");
        Assert.Empty(cluster.Lifecycle.Problems.Current);

        await cluster.SendAsync("DELETE", "/_ilm/policy/aura-services");
        var first = cluster.Lifecycle.Manager.Latest;
        await cluster.PassAsync(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1));
        await cluster.WaitAsync(() => Task.FromResult(cluster.Lifecycle.Manager.Latest != first), "there was no second pass");
        await cluster.SendAsync("GET", "/_ilm/policy/aura-services");
        await cluster.Lifecycle.Manager.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Indices_that_another_aggregator_wrote_are_named_and_adopted_when_told_to()
    {
        await using var cluster = await LocalCluster.StartAsync(FirstDay, options: new LifecycleOptions { TakeOver = true });
        await cluster.SendAsync("PUT", "/aura-services-2025.12.20");
        await cluster.Lifecycle.ApplyAsync();
        Assert.Null(Assert.Single((await cluster.Lifecycle.ObserveAsync()).Indices).Policy);

        var features = (await cluster.Lifecycle.PlanAsync()).Features;
        Assert.Equal(["aura-services-2025.12.20"], await cluster.Lifecycle.Adoption.RunAsync(features, CancellationToken.None));
        Assert.Empty(await cluster.Lifecycle.Adoption.RunAsync(features, CancellationToken.None));
        for (var hour = 0; hour < 48; hour++)
            await PassHourAsync(cluster);
        Assert.Empty(await cluster.IndicesAsync());
    }

    [Fact]
    public async Task A_location_that_the_cluster_does_not_allow_is_explained()
    {
        var options = new LifecycleOptions { Repository = { Type = "fs", Settings = { ["location"] = "/nowhere/that/is/allowed" } } };
        await using var cluster = await LocalCluster.StartAsync(FirstDay, options: options);
        var pass = await cluster.Lifecycle.ApplyAsync();
        Assert.Contains("path.repo", Assert.Single(pass.Resources, resource => resource.Kind == "snapshot repository").Sentence, StringComparison.Ordinal);
        Assert.True(pass.ReadyForEvents);
    }

    /// <summary>ILM looks every ten minutes; the snapshot of 01:30 has been taken when the hour is over.</summary>
    private static async Task PassHourAsync(LocalCluster cluster)
    {
        for (var step = 0; step < 6; step++)
            cluster.Time.Advance(TimeSpan.FromMinutes(10));
        if (cluster.Time.GetUtcNow().Hour == 2)
            await WaitForTodaysSnapshotAsync(cluster);
    }

    private static Task WaitForTodaysSnapshotAsync(LocalCluster cluster) => cluster.WaitAsync(
        async () =>
        {
            var policy = (await cluster.SendAsync("GET", "/_slm/policy/aura-services-daily"))["aura-services-daily"]!;
            return (long?)policy["last_success"]?["time"] is { } time
                && DateTimeOffset.FromUnixTimeMilliseconds(time) >= cluster.Time.GetUtcNow().Date;
        },
        "there is no snapshot of today");
}
