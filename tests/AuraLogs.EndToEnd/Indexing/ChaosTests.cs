using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AuraLogs.EndToEnd.Harness;
using Xunit.Abstractions;

namespace AuraLogs.EndToEnd.Indexing;

/// <summary>
/// The real service against a real Elasticsearch with trouble in between. After each: every event once, the poison and nothing
/// else as dead letters, the ledger balanced.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Chunks = 60;

    [Fact]
    public async Task Whatever_happens_to_bulk_requests_every_event_is_indexed_once_and_the_poison_is_a_dead_letter()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        await using var cluster = await Cluster.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(cluster.Url, seed, trouble: 0.6);
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, cluster.Settings(proxy.Url));

        for (var chunk = 0; chunk < Chunks; chunk += 2)
        {
            await PoisonSender.SendAsync(service.ForwardPort, chunk, 2);
            await Task.Delay(10); // not to wait for anything: for more requests than one
        }

        await AssertEachOnceAsync(service, cluster, Chunks);
        output.WriteLine($"trouble in {proxy.Troubled} requests");
        Assert.True(proxy.Troubled > 0);
    }

    [Fact]
    public async Task A_document_that_is_refused_for_ever_becomes_a_dead_letter_and_holds_up_nothing()
    {
        const int Stubborn = 7;
        await using var cluster = await Cluster.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(cluster.Url, seed: 1, stubborn: $"\"number\":\"{Stubborn}\"");
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(
            directory.Path, [.. cluster.Settings(proxy.Url), ("AuraLogs:Indexing:GiveUpAfter", "00:00:02")]);

        var chunks = 0;
        using var search = new SearchClient(cluster.Url);
        await Wait.UntilAsync(
            async () =>
            {
                await PoisonSender.SendAsync(service.ForwardPort, chunks++, 1);
                return await search.AllAsync("aura-dead-letters-*");
            },
            letters => letters.Any(letter => IsOf(cluster)(letter) && letter.GetProperty("_source").GetProperty("error").GetProperty("type").GetString() == "null_pointer_exception"),
            explain: () => service.Output);

        await AssertEachOnceAsync(service, cluster, chunks, Stubborn);
    }

    [Fact]
    public async Task A_rolling_restart_of_the_nodes_loses_nothing_and_repeats_nothing()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var first = await ChaosProxy.StartAsync(cluster.Url, 1);
        await using var second = await ChaosProxy.StartAsync(cluster.Url, 2);
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, cluster.Settings(first.Url, second.Url));

        var chunk = 0;
        foreach (var node in (ChaosProxy[])[first, second, first])
        {
            await node.StopListeningAsync();
            await PoisonSender.SendAsync(service.ForwardPort, chunk, 10);
            chunk += 10;
            await node.ListenAgainAsync();
            await PoisonSender.SendAsync(service.ForwardPort, chunk, 10);
            chunk += 10;
        }

        await AssertEachOnceAsync(service, cluster, chunk);
    }

    [Fact]
    public async Task A_full_cluster_that_gets_room_again_takes_what_waited()
    {
        await using var cluster = await Cluster.StartAsync();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, cluster.Settings(cluster.Url));
        await PoisonSender.SendAsync(service.ForwardPort, 0, 5);
        await ServiceStatus.WaitUntilDrainedAsync(service);

        await cluster.PutAsync($"/{cluster.IndexPrefix}-*/_settings", new Dictionary<string, object?> { ["index.blocks.read_only_allow_delete"] = true });
        await PoisonSender.SendAsync(service.ForwardPort, 5, 5);
        using var operations = new HttpClient { BaseAddress = service.Operations };
        await Wait.UntilAsync(
            () => operations.GetStringAsync("/api/status"),
            status => status.Contains("cluster_block_exception", StringComparison.Ordinal), explain: () => service.Output);
        await cluster.PutAsync($"/{cluster.IndexPrefix}-*/_settings", new Dictionary<string, object?> { ["index.blocks.read_only_allow_delete"] = null });

        await AssertEachOnceAsync(service, cluster, 10);
    }

    [Fact]
    public async Task A_dead_letter_can_be_listed_shown_and_replayed_once_its_document_is_welcome()
    {
        await using var cluster = await Cluster.StartAsync();
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, cluster.Settings(cluster.Url));
        await PoisonSender.SendAsync(service.ForwardPort, 0, 1);
        await ServiceStatus.WaitUntilDrainedAsync(service);
        using var search = new SearchClient(cluster.Url);
        var letter = Assert.Single(await search.AllAsync("aura-dead-letters-*"), IsOf(cluster));
        var id = letter.GetProperty("_id").GetString()!;

        var list = await RunAsync(cluster, "list");
        Assert.Equal(0, list.ExitCode);
        Assert.Contains(id, list.Output, StringComparison.Ordinal);
        var show = await RunAsync(cluster, "show", id);
        Assert.Contains("\"poison\": 49", show.Output, StringComparison.Ordinal);
        var refused = await RunAsync(cluster, "replay", "--id", id);
        Assert.True(refused.ExitCode == 1 && refused.Output.Contains("1 are refused still", StringComparison.Ordinal), refused.Output);

        // The day's index gives way to one that takes anything.
        var index = letter.GetProperty("_source").GetProperty("index").GetString()!;
        await cluster.DeleteAsync($"/{index}");
        await cluster.PutAsync($"/{index}", new { mappings = new { dynamic = false } });
        var replay = await RunAsync(cluster, "replay", "--id", id);

        Assert.True(replay.ExitCode == 0, replay.Output);
        Assert.Contains("1 indexed", replay.Output, StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single(await search.AllAsync(index)).GetProperty("_id").GetString());
        Assert.DoesNotContain(await search.AllAsync("aura-dead-letters-*"), IsOf(cluster));
    }

    private static Predicate<JsonElement> IsOf(Cluster cluster) =>
        hit => hit.GetProperty("_source").GetProperty("index").GetString()!.StartsWith(cluster.IndexPrefix, StringComparison.Ordinal);

    private static async Task AssertEachOnceAsync(ServiceProcess service, Cluster cluster, int chunks, params int[] stubborn)
    {
        await ServiceStatus.WaitUntilDrainedAsync(service);
        var sent = Enumerable.Range(0, chunks * PoisonSender.PerChunk).ToList();
        var poison = sent.Where(number => number % PoisonSender.PerChunk == PoisonSender.PerChunk - 1).Concat(stubborn).Order().ToList();

        using var search = new SearchClient(cluster.Url);
        var indexed = (await search.AllAsync($"{cluster.IndexPrefix}-*")).Select(hit => NumberOf(hit.GetProperty("_source"))).Order();
        Assert.Equal(sent.Except(poison), indexed);
        var dead = (await search.AllAsync("aura-dead-letters-*")).Where(hit => IsOf(cluster)(hit))
            .Select(hit => NumberOf(JsonElement.Parse(hit.GetProperty("_source").GetProperty("document").GetString()!))).Order();
        Assert.Equal(poison, dead);

        var ledger = await ServiceStatus.LedgerAsync(service);
        Assert.Equal(sent.Count, ServiceStatus.Of(ledger, "received"));
        Assert.Equal(poison.Count, ServiceStatus.Of(ledger, "deadLettered"));
        Assert.Equal(sent.Count - poison.Count, ServiceStatus.Of(ledger, "indexed") + ServiceStatus.Of(ledger, "duplicates"));
    }

    private static int NumberOf(JsonElement document) =>
        int.Parse(document.GetProperty("number").GetString()!, CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output)> RunAsync(Cluster cluster, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "auralogs")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("dead-letters");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add($"--AuraLogs:Elasticsearch:Urls={cluster.Url}");
        using var process = Process.Start(start)!;
        var standard = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await standard + await error);
    }
}
