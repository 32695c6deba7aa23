using System.Text.Json;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>A recorded scenario (see Captures/README.md).</summary>
internal sealed class Capture
{
    /// <summary>An ack of Fluent Bit's: <c>{"ack": "24 characters"}</c>.</summary>
    private const int AckBytes = 30;

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

    /// <summary>The same through a live handshake in place of the recorded one, whose nonces were others.</summary>
    public async Task ReplaySecurelyAsync(int port, string sharedKey, string username, string password)
    {
        foreach (var (sent, answered) in Connections)
        {
            using var client = await ForwardClient.ConnectAsync(port);
            await SecureForward.ShakeHandsAsync(client, sharedKey, username, password);
            await client.SendAsync(sent.AsMemory(SecureForward.PingLength(sent)));
            Assert.Equal(answered[^AckBytes..], await client.ReadAsync(AckBytes));
        }
    }

    private static (byte[] Sent, byte[] Answered) Connection(string clientFile)
    {
        var serverFile = clientFile.Replace(".client.", ".server.", StringComparison.Ordinal);
        return (File.ReadAllBytes(clientFile), File.Exists(serverFile) ? File.ReadAllBytes(serverFile) : []);
    }
}
