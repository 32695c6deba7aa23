using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Lifecycle;

/// <summary>The whole way with the real process and its commands: a sender, the index, a blob service, and back.</summary>
public sealed class BlobStorageTests
{
    [FactWith("node", "node_modules/azurite")]
    public async Task Logs_go_to_the_blob_storage_and_come_back_from_it()
    {
        using var directory = new TemporaryDirectory();
        await using var azurite = await Azurite.StartAsync(Path.Combine(directory.Path, "blobs"), "logs");
        (string Key, string Value)[] settings =
        [
            ("AuraLogs:Lifecycle:Enabled", "true"),
            ("AuraLogs:LocalElasticsearch:AzureAccount", Azurite.Account),
            ("AuraLogs:LocalElasticsearch:AzureKey", Azurite.Key),
            ("AuraLogs:LocalElasticsearch:AzureEndpoint", azurite.Endpoint.ToString()),
            ("AuraLogs:Lifecycle:Repository:Type", "azure"),
            ("AuraLogs:Lifecycle:Repository:Container", "logs"),
            ("AuraLogs:Lifecycle:Repository:BasePath", "aura"),
        ];
        await using var service = await ServiceProcess.StartAsync(directory.Path, settings);
        using var search = new SearchClient(service.Elasticsearch);
        using var http = new HttpClient { BaseAddress = service.Elasticsearch };

        // 1. Events come in and are indexed; everything is in place.
        var count = await SendAsync(service);
        await search.WaitForCountAsync(count, service);
        Assert.Contains("Everything is as it should be", await RunAsync("lifecycle", "plan"), StringComparison.Ordinal);

        // 2. A snapshot puts them into the blob storage.
        using (var answer = await http.PostAsync("/_slm/policy/aura-services-daily/_execute", null))
            answer.EnsureSuccessStatusCode();
        await Wait.UntilAsync(
            () => http.GetFromJsonAsync<JsonElement>("/_slm/policy/aura-services-daily"),
            answer => answer.GetProperty("aura-services-daily").TryGetProperty("last_success", out _), explain: () => service.Output);
        Assert.Contains(await azurite.ListAsync(), blob => blob.StartsWith("aura/", StringComparison.Ordinal));
        Assert.Contains("Last good snapshot: 2", await RunAsync("lifecycle", "status"), StringComparison.Ordinal);

        // 3. The indices go, the days are still in the archive and can be searched again.
        var indices = (await search.AllAsync()).Select(hit => hit.GetProperty("_index").GetString()!).Distinct().Order().ToList();
        foreach (var index in indices)
            (await http.DeleteAsync($"/{index}")).EnsureSuccessStatusCode();
        var days = $"{DayOf(indices[0])}..{DayOf(indices[^1])}";
        Assert.Contains(DayOf(indices[0]), await RunAsync("archive", "list"), StringComparison.Ordinal);
        Assert.Contains("can be searched", await RunAsync("archive", "restore", days), StringComparison.Ordinal);
        Assert.Equal(count, await search.CountAsync("restored-aura-services-*"));
        Assert.Contains($"Removed restored-{indices[0]}", await RunAsync("archive", "drop", days), StringComparison.Ordinal);

        static string DayOf(string index) => index["aura-services-".Length..].Replace('.', '-');

        Task<string> RunAsync(params string[] command) => Script.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "auralogs"),
            [
                .. command, .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
                $"--AuraLogs:LocalElasticsearch:Port={service.Elasticsearch.Port.ToString(CultureInfo.InvariantCulture)}",
            ]);
    }

    private static async Task<int> SendAsync(ServiceProcess service)
    {
        const int EventsPerChunk = 50;
        using var finish = new CancellationTokenSource();
        var sender = new ReliableSender("archive", () => service.ForwardPort, EventsPerChunk);
        var sending = sender.RunAsync(finish.Token);
        await Wait.UntilAsync(() => Task.FromResult(sender.Acknowledged), chunks => chunks >= 4, explain: () => service.Output);
        await finish.CancelAsync();
        await sending;
        return sender.Acknowledged * EventsPerChunk;
    }
}
