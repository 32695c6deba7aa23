using System.Text;
using AuraLogs.MessagePack;

namespace AuraLogs.Tests.Forward;

/// <summary>A client of the forward protocol, byte by byte.</summary>
internal sealed class ForwardClient(Stream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Stream Stream => stream;

    public async Task SendAsync(params byte[][] values)
    {
        foreach (byte[] value in values)
            await stream.WriteAsync(value);
    }

    /// <summary>The next MessagePack value of the server.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        var scanner = new MessagePackScanner(8, 1 << 20);
        byte[] bytes = new byte[1 << 12];
        int filled = 0;
        int position = 0;
        while (scanner.Skip(bytes.AsSpan(0, filled), ref position) != ScanStatus.Done)
        {
            using var timeout = new CancellationTokenSource(Patience);
            int read = await stream.ReadAsync(bytes.AsMemory(filled, 1), timeout.Token);
            if (read == 0)
                throw new EndOfStreamException();
            filled += read;
        }

        return bytes[..filled];
    }

    /// <summary>The chunk id of the next acknowledgement.</summary>
    public async Task<string> ReceiveAckAsync()
    {
        byte[] ack = await ReceiveAsync();
        byte[] prefix = Pack.Concat([0x81], Pack.Str("ack"));
        Assert.Equal(prefix, ack[..prefix.Length]);
        int at = prefix.Length;
        MessagePackHeader.TryReadTextLength(ack, ref at, out long length);
        Assert.Equal(ack.Length, at + length);
        return Encoding.UTF8.GetString(ack.AsSpan(at));
    }

    /// <summary>Waits until the server has closed; what it said before is returned.</summary>
    public async Task<byte[]> ReceiveEndAsync()
    {
        var all = new MemoryStream();
        byte[] bytes = new byte[4096];
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            for (int read; (read = await stream.ReadAsync(bytes, timeout.Token)) > 0;)
                all.Write(bytes, 0, read);
        }
        catch (IOException)
        {
            // Closed with something of ours unread: a reset.
        }

        return all.ToArray();
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
