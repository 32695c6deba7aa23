using System.Globalization;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Operations;

/// <summary>What somebody who operates the service wants to see: logs, a dead letter, a client that speaks something else.</summary>
internal static class LogTraffic
{
    /// <summary>The same for the whole run, so that a chunk that is sent twice is the same.</summary>
    private static readonly uint Now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static readonly string[] Apps = ["checkout", "cart", "payment"];

    public static Task<ServiceProcess> StartServiceAsync(string directory) =>
        ServiceProcess.StartAsync(
            directory,
            ("AuraLogs:Lifecycle:Enabled", "true"),
            ("AuraLogs:Lifecycle:ReconcileInterval", "00:00:10"),
            ("AuraLogs:Indexing:HealConflicts", "false")); // or there would be no dead letter

    /// <summary>Sends so many lines of three apps, each with a number of its own, and waits for the acknowledgement.</summary>
    public static Task SendAsync(ServiceProcess service, int events, string chunk, string word = "request", uint secondsLater = 0) =>
        SendAsync(service, chunk, events, secondsLater, (message, i) => message.Map(4)
            .Text("log").Text(string.Create(CultureInfo.InvariantCulture, $"{word} number {i} took {i % 90} ms"))
            .Text("level").Text(i % 50 == 49 ? "error" : "info")
            .Text("number").Integer(i)
            .Text("kubernetes").Map(3)
                .Text("namespace_name").Text("shop")
                .Text("pod_name").Text($"{Apps[i % Apps.Length]}-7d9f8b5c6-x2x{i % 3}")
                .Text("labels").Map(1).Text("app").Text(Apps[i % Apps.Length]));

    /// <summary>The second event has a number where the first made an object: Elasticsearch refuses it for its own content.</summary>
    public static async Task SendDeadLetterAsync(ServiceProcess service)
    {
        await SendAsync(service, "conflict-1", 1, 0, (message, _) => message.Map(1).Text("conflicting").Map(1).Text("inner").Text("x"));
        await ServiceStatus.WaitUntilDrainedAsync(service);
        await SendAsync(service, "conflict-2", 1, 0, (message, _) => message.Map(1).Text("conflicting").Integer(1));
    }

    /// <summary>What a web browser would send: the connection is refused.</summary>
    public static async Task SendNonsenseAsync(ServiceProcess service)
    {
        using var client = await ForwardClient.ConnectAsync(service.ForwardPort);
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.True(await client.IsClosedByServerAsync(TimeSpan.FromSeconds(10)));
    }

    private static async Task SendAsync(
        ServiceProcess service, string chunk, int events, uint secondsLater, Func<MessagePackBuilder, int, MessagePackBuilder> record)
    {
        var message = new MessagePackBuilder().Array(3).Text("kube.shop").Array(events);
        for (var i = 0; i < events; i++)
            record(message.Array(2).EventTime(Now + secondsLater, (uint)i), i);
        message.Map(1).Text("chunk").Text(chunk);
        using var client = await ForwardClient.ConnectAsync(service.ForwardPort);
        await client.SendAsync(message.Bytes);
        Assert.Equal(chunk, await client.ReadAckAsync());
    }
}
