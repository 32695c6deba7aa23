using System.Net;
using System.Text.Json;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Hosting;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// While a start waited for a disk that could not be read, or recovered for long, the operations port was closed: a probe of liveness killed the pod that waited, and
/// nobody could see what for.
/// </summary>
public sealed class StartInTheDarkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-start-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_start_that_waits_for_the_disk_is_alive_and_not_ready_and_says_why()
    {
        // 1. A start on a queue whose state can't be read: a link that leads to itself is ELOOP for whoever opens it.
        var state = Path.Combine(_directory, "queue", "state");
        Directory.CreateDirectory(Path.GetDirectoryName(state)!);
        File.CreateSymbolicLink(state, state);
        await using var app = await ComposeAsync();
        var start = Task.Run(() => app.StartAsync());
        try
        {
            var problems = app.Services.GetRequiredService<Problems>();
            await Until.TrueAsync(() => start.IsCompleted || problems.Current.Any(problem => problem.Code == "queue-reads-failing"));
            Assert.False(start.IsCompleted, "The start did not wait.");

            // 2. What an operator and Kubernetes see meanwhile.
            using var http = new HttpClient { BaseAddress = AddressOf(app), Timeout = Patience };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz")).StatusCode);
            var ready = await http.GetAsync("/readyz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal(["starting", "queue-reads-failing"], Codes(await JsonOf(ready), "problems"));
            var status = await JsonOf(await http.GetAsync("/api/status"));
            Assert.Equal("unavailable", status.GetProperty("status").GetString());
            Assert.Equal(JsonValueKind.Null, status.GetProperty("ledger").ValueKind); // not 0: nobody knows yet
            var metrics = await http.GetStringAsync("/metrics");
            Assert.Contains("auralogs_ready 0", metrics, StringComparison.Ordinal);
            Assert.Contains("""auralogs_problems{code="queue-reads-failing"} 1""", metrics, StringComparison.Ordinal);
            Assert.DoesNotContain("auralogs_ledger_events", metrics, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/api/logs/search")).StatusCode);
            Assert.False(start.IsCompleted);

            // 3. The disk can be read again, and everything works, the search that was asked too early included.
            File.Delete(state);
            await start.WaitAsync(Patience);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/readyz")).StatusCode);
            status = await JsonOf(await http.GetAsync("/api/status"));
            Assert.Equal(0, status.GetProperty("ledger").GetProperty("received").GetInt64());
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/logs/search")).StatusCode);
            Assert.Contains("auralogs_ledger_events", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(state);
            await start.WaitAsync(Patience);
            await app.StopAsync();
        }
    }

    private Task<WebApplication> ComposeAsync() => SupervisorTests.ComposeAsync(_directory);

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static async Task<JsonElement> JsonOf(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    private static List<string> Codes(JsonElement report, string name) =>
        [.. report.GetProperty(name).EnumerateArray().Select(problem => problem.GetProperty("code").GetString()!)];
}
