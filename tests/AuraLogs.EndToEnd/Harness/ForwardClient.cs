using System.Net.Sockets;
using System.Text;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>One connection of a sender, written from the protocol's specification and not from the product's code.</summary>
internal sealed class ForwardClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };

    private NetworkStream? _stream;

    /// <summary>Kept, because TcpClient gives none any more once either side has closed.</summary>
    public NetworkStream Stream => _stream ??= _tcp.GetStream();

    public static async Task<ForwardClient> ConnectAsync(int port, CancellationToken cancellationToken = default)
    {
        var client = new ForwardClient();
        try
        {
            await client._tcp.ConnectAsync("127.0.0.1", port, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        Stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Reads <c>{"ack": chunk}</c>.</summary>
    public async Task<string> ReadAckAsync(CancellationToken cancellationToken = default)
    {
        var head = await ReadAsync(6, cancellationToken);
        Assert.Equal([0x81, 0xa3, .. "ack"u8], head[..5]);
        var length = head[5] switch
        {
            >= 0xa0 and <= 0xbf => head[5] & 0x1f,
            0xd9 => (await ReadAsync(1, cancellationToken))[0],
            _ => throw new InvalidDataException($"An ack's value is a short str, not 0x{head[5]:x2}."),
        };
        return Encoding.UTF8.GetString(await ReadAsync(length, cancellationToken));
    }

    /// <summary>Says that nothing more will be sent, as a client does that closes its connection.</summary>
    public void Finish() => _tcp.Client.Shutdown(SocketShutdown.Send);

    public async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken = default)
    {
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Waits for the server to close the connection.</summary>
    public async Task<bool> IsClosedByServerAsync(TimeSpan limit)
    {
        using var giveUp = new CancellationTokenSource(limit);
        var buffer = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(buffer, giveUp.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _tcp.Dispose();
}
