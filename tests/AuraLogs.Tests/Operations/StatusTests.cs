using System.Net;
using System.Text;
using System.Text.Json;
using AuraLogs.Queue;

namespace AuraLogs.Tests.Operations;

public sealed class StatusTests
{
    [Fact]
    public async Task The_ledger_is_the_queues_and_balances()
    {
        await using var host = await OperationsHost.StartAsync();
        var address = await host.Queue.AppendAsync(
            new NewEntry { Tag = Encoding.UTF8.GetBytes("kube.app"), Events = new byte[] { 0x92, 0x01, 0x80 }, EventCount = 3 }, default);
        await host.Queue.WaitForCommitAsync(address, default);
        using (var entry = await host.Queue.ReadAsync(default))
            host.Queue.Complete(entry.Position, new EntryOutcome(1, 1, 1));

        var ledger = (await StatusAsync(host)).GetProperty("ledger");

        Assert.Equal(3, ledger.GetProperty("received").GetInt64());
        Assert.Equal(1, ledger.GetProperty("indexed").GetInt64());
        Assert.Equal(1, ledger.GetProperty("duplicates").GetInt64());
        Assert.Equal(1, ledger.GetProperty("deadLettered").GetInt64());
        Assert.Equal(0, ledger.GetProperty("queued").GetInt64());
    }

    [Fact]
    public async Task Senders_are_listed_while_they_are_connected_the_busiest_first()
    {
        await using var host = await OperationsHost.StartAsync();
        using var idle = host.Clients.Connect(new IPEndPoint(IPAddress.Loopback, 1001));
        using (var gone = host.Clients.Connect(new IPEndPoint(IPAddress.Loopback, 1002)))
            gone.Count(1_000_000, 1000);
        using var busy = host.Clients.Connect(new IPEndPoint(IPAddress.Loopback, 1003));
        busy.Count(500, 7);

        var clients = (await StatusAsync(host)).GetProperty("clients");

        Assert.Equal(["127.0.0.1:1003", "127.0.0.1:1001"], clients.EnumerateArray().Select(client => client.GetProperty("address").GetString()));
        Assert.Equal(7, clients[0].GetProperty("events").GetInt64());
        Assert.Equal(JsonValueKind.Null, clients[1].GetProperty("lastFrameAt").ValueKind);
    }

    [Fact]
    public async Task Credentials_in_an_address_are_not_shown()
    {
        await using var host = await OperationsHost.StartAsync();

        var status = await host.Http.GetStringAsync("/api/status");

        Assert.Contains("http://127.0.0.1:1", status, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_of_a_cluster_that_asks_for_a_password_are_not_searched_without_one()
    {
        await using var host = await OperationsHost.StartAsync();

        using var answer = await host.Http.GetAsync("/api/logs/search");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<JsonElement> StatusAsync(OperationsHost host) => JsonElement.Parse(await host.Http.GetStringAsync("/api/status"));
}
