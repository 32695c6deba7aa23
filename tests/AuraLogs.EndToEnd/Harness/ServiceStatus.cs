using System.Net.Http.Json;
using System.Text.Json;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>The ledger as <c>/api/status</c> shows it, and what every test asserts of it.</summary>
internal static class ServiceStatus
{
    public static async Task<JsonElement> LedgerAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        return (await http.GetFromJsonAsync<JsonElement>("/api/status")).GetProperty("ledger").Clone();
    }

    public static async Task WaitUntilDrainedAsync(ServiceProcess service) =>
        await Wait.UntilAsync(() => LedgerAsync(service), ledger => Of(ledger, "queued") == 0, explain: () => service.Output);

    /// <summary>received = indexed + duplicates + dead-lettered + quarantined + queued, with nothing left in the queue.</summary>
    public static async Task AssertBalancedAsync(ServiceProcess service, long received, long indexed, long deadLettered = 0)
    {
        await WaitUntilDrainedAsync(service);
        var ledger = await LedgerAsync(service);
        Assert.Equal(received, Of(ledger, "received"));
        Assert.Equal(indexed, Of(ledger, "indexed"));
        Assert.Equal(deadLettered, Of(ledger, "deadLettered"));
        Assert.Equal(0, Of(ledger, "quarantined"));
        Assert.Equal(received - indexed - deadLettered, Of(ledger, "duplicates"));
    }

    public static long Of(JsonElement ledger, string name) => ledger.GetProperty(name).GetInt64();
}
