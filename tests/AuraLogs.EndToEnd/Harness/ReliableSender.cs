using System.Globalization;
using System.Net.Sockets;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>
/// A sender as Fluent Bit is one with <c>require_ack_response</c>: it keeps a chunk until its ack has come and sends it again,
/// with the same id and bytes, over a new connection when the old one breaks.
/// </summary>
internal sealed class ReliableSender(string name, Func<int> port, int eventsPerChunk)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(30);
    private int _acknowledged;

    /// <summary>How many chunks have been acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How often a chunk was sent again.</summary>
    public int Resent { get; private set; }

    /// <summary>The sequence names (<c>name-0</c>, <c>name-1</c>, ...) of every acknowledged event.</summary>
    public IEnumerable<string> AcknowledgedEvents =>
        Enumerable.Range(0, Acknowledged * eventsPerChunk).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));

    /// <summary>Sends chunk after chunk; the one under way when <paramref name="finish"/> comes is still brought to its ack.</summary>
    public async Task RunAsync(CancellationToken finish)
    {
        ForwardClient? connection = null;
        try
        {
            while (!finish.IsCancellationRequested)
                connection = await DeliverAsync(connection, BuildChunk(Acknowledged));
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private async Task<ForwardClient> DeliverAsync(ForwardClient? connection, (string Id, ReadOnlyMemory<byte> Bytes) chunk)
    {
        while (true)
        {
            try
            {
                using var limit = new CancellationTokenSource(AckLimit);
                connection ??= await ForwardClient.ConnectAsync(port(), limit.Token);
                await connection.SendAsync(chunk.Bytes, limit.Token);
                Assert.Equal(chunk.Id, await connection.ReadAckAsync(limit.Token));
                Interlocked.Increment(ref _acknowledged);
                return connection;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                connection?.Dispose();
                connection = null;
                Resent++;
                await Task.Delay(RetryPause);
            }
        }
    }

    private (string Id, ReadOnlyMemory<byte> Bytes) BuildChunk(int chunk)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}/{chunk}");
        var now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var message = new MessagePackBuilder().Array(3).Text($"test.{name}").Array(eventsPerChunk);
        for (var i = 0; i < eventsPerChunk; i++)
        {
            message.Array(2).EventTime(now, (uint)i).Map(2)
                .Text("event").Text(string.Create(CultureInfo.InvariantCulture, $"{name}-{(chunk * eventsPerChunk) + i}"))
                .Text("lvl").Text("INFO");
        }

        return (id, message.Map(1).Text("chunk").Text(id).Bytes);
    }
}
