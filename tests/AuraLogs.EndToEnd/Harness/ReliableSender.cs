using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>
/// A sender as Fluent Bit is one with <c>require_ack_response</c>: it keeps a chunk until its ack has come and sends it again,
/// with the same id and bytes, over a new connection when the old one breaks.
/// </summary>
/// <param name="name">Begins the names of its chunks and events.</param>
/// <param name="port">Where to send now.</param>
/// <param name="eventsPerChunk">How many.</param>
/// <param name="pause">Between chunks.</param>
internal sealed class ReliableSender(string name, Func<int> port, int eventsPerChunk, TimeSpan pause = default)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AckLimit = TimeSpan.FromMinutes(1);

    /// <summary>How long a chunk is sent again and again: longer than any restart takes. Who is gone for good must not keep a test from its end.</summary>
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromMinutes(3);

    private int _acknowledged;

    /// <summary>How many chunks have been acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How often a chunk was sent again.</summary>
    public int Resent { get; private set; }

    /// <summary>The sequence names (<c>name-0</c>, <c>name-1</c>, ...) of every acknowledged event.</summary>
    public IEnumerable<string> AcknowledgedEvents =>
        Enumerable.Range(0, Acknowledged * eventsPerChunk).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));

    /// <summary>Sends chunk after chunk; the one under way when <paramref name="finish"/> comes is still brought to its ack.</summary>
    /// <param name="finish">When to begin no other.</param>
    /// <param name="abandon">When to give up that one, too.</param>
    /// <exception cref="TimeoutException">An acknowledgement did not come.</exception>
    public async Task RunAsync(CancellationToken finish, CancellationToken abandon = default)
    {
        ForwardClient? connection = null;
        try
        {
            while (!finish.IsCancellationRequested)
            {
                connection = await DeliverAsync(connection, BuildChunk(Acknowledged), abandon);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, abandon);
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private async Task<ForwardClient> DeliverAsync(ForwardClient? connection, (string Id, ReadOnlyMemory<byte> Bytes) chunk, CancellationToken abandon)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(abandon);
            limit.CancelAfter(AckLimit);
            try
            {
                connection ??= await ForwardClient.ConnectAsync(port(), limit.Token);
                await connection.SendAsync(chunk.Bytes, limit.Token);
                Assert.Equal(chunk.Id, await connection.ReadAckAsync(limit.Token));
                Interlocked.Increment(ref _acknowledged);
                return connection;
            }
            catch (OperationCanceledException e) when (!abandon.IsCancellationRequested)
            {
                connection?.Dispose();
                throw new TimeoutException($"Chunk {chunk.Id} was not acknowledged within {AckLimit}.", e);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                connection?.Dispose();
                connection = null;
                if (Stopwatch.GetElapsedTime(started) > DeliveryLimit)
                    throw new TimeoutException($"Chunk {chunk.Id} could not be delivered within {DeliveryLimit}.", e);
                Resent++;
                await Task.Delay(RetryPause, abandon);
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
