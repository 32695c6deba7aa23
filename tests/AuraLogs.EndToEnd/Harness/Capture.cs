using System.Text.Json;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>A recorded scenario (see Captures/README.md).</summary>
internal sealed class Capture
{
    private Capture(string folder)
    {
        Connections = [.. Directory.GetFiles(folder, "conn*.client.bin").Order(StringComparer.Ordinal).Select(Connection)];
        Expected = [.. File.ReadLines(Path.Combine(folder, "expected.ndjson")).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    public IReadOnlyList<(byte[] Sent, byte[] Answered)> Connections { get; }

    public IReadOnlyList<JsonElement> Expected { get; }

    public static Capture Open(string scenario) => new(Path.Combine(AppContext.BaseDirectory, "Captures", scenario));

    /// <summary>Sends what was recorded on as many connections, and reads as many acks as were recorded.</summary>
    public async Task ReplayAsync(int port)
    {
        foreach (var (sent, answered) in Connections)
        {
            using var client = await ForwardClient.ConnectAsync(port);
            var write = client.SendAsync(sent).AsTask();
            Assert.Equal(answered, await client.ReadAsync(answered.Length));
            await write;
            client.Finish();
            Assert.True(await client.IsClosedByServerAsync(TimeSpan.FromSeconds(10)));
        }
    }

    private static (byte[] Sent, byte[] Answered) Connection(string clientFile)
    {
        var serverFile = clientFile.Replace(".client.", ".server.", StringComparison.Ordinal);
        return (File.ReadAllBytes(clientFile), File.Exists(serverFile) ? File.ReadAllBytes(serverFile) : []);
    }
}
