using System.Globalization;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Clients;

/// <summary>The client libraries that applications use, as they are.</summary>
public sealed class ClientTests
{
    private const int Count = 200;

    /// <summary>This library has no acks: it counts on TCP alone, so what it sent must not wait for more to come.</summary>
    [FactWith("/usr/bin/python3", "/usr/lib/python3/dist-packages/fluent/sender.py")]
    public async Task Python_fluent_logger()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        using var search = new SearchClient(service.Elasticsearch);

        await Script.RunAsync("/usr/bin/python3", [ClientScript("send.py"), Number(service.ForwardPort), Number(Count)]);

        await search.WaitForCountAsync(Count, service);
        var documents = (await search.AllAsync()).Select(hit => hit.GetProperty("_source")).ToList();
        Assert.Equal(Enumerable.Range(0, Count), documents.Select(source => source.GetProperty("number").GetInt32()).Order());
        Assert.All(documents, source => Assert.Equal("žluťoučký kůň", source.GetProperty("text").GetString()));
        Assert.All(documents, source => Assert.Equal(
            """{"list":[1,2,3],"half":2.5,"nothing":null,"yes":true}""", source.GetProperty("nested").GetRawText()));
        await ServiceStatus.AssertBalancedAsync(service, received: Count, indexed: Count);
    }

    [FactWith("node", "node_modules/@fluent-org/logger")]
    public async Task Node_fluent_logger_in_every_mode_with_acks()
    {
        string[] modes = ["Message", "Forward", "PackedForward", "CompressedPackedForward"];
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        using var search = new SearchClient(service.Elasticsearch);
        var packages = new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Tools.Directory, "node_modules") };

        foreach (var mode in modes)
        {
            var printed = await Script.RunAsync("node", [ClientScript("send.js"), Number(service.ForwardPort), Number(Count), mode], packages);
            Assert.Contains("all acknowledged", printed, StringComparison.Ordinal);
        }

        var expected = modes.Length * Count;
        await search.WaitForCountAsync(expected, service);
        Assert.Equal(expected, (await search.AllAsync()).Count);
        await ServiceStatus.AssertBalancedAsync(service, received: expected, indexed: expected);
    }

    /// <summary>Without acknowledgements there is no chunk id, and with them it is the library's own: neither is taken for a resend.</summary>
    [FactWith("/usr/bin/python3", "/usr/lib/python3/dist-packages/fluent/sender.py", "node", "node_modules/@fluent-org/logger")]
    public async Task Equal_events_of_a_second_are_all_indexed()
    {
        const int Each = 20;
        string[] modes = ["Message", "Forward"];
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        using var search = new SearchClient(service.Elasticsearch);
        var packages = new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Tools.Directory, "node_modules") };

        await Script.RunAsync("/usr/bin/python3", [ClientScript("send.py"), Number(service.ForwardPort), Number(Each), "equal"]);
        foreach (var mode in modes)
            await Script.RunAsync("node", [ClientScript("send.js"), Number(service.ForwardPort), Number(Each), mode, "equal"], packages);

        var expected = (1 + modes.Length) * Each;
        await search.WaitForCountAsync(expected, service);
        Assert.Equal(expected, await search.CountAsync());
        await ServiceStatus.AssertBalancedAsync(service, received: expected, indexed: expected);
    }

    private static string ClientScript(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", name);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
