using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Bytes that nobody well-meaning sends, and the ways to send them.</summary>
internal static class Hostile
{
    /// <summary>The smallest event there is: [1, {}].</summary>
    private static readonly byte[] Nothing = [0x92, 0x01, 0x80];

    /// <summary>Messages that are broken or lie, one of each kind.</summary>
    public static IReadOnlyList<byte[]> Broken { get; } =
    [
        [0xc1],
        [0x93, 0xa1, (byte)'t', 0xdd, 0xff, 0xff, 0xff, 0xff],
        [0x93, 0xa1, (byte)'t', 0xc6, 0x7f, 0xff, 0xff, 0xff],
        [0x93, 0xdb, 0xff, 0xff, 0xff, 0xff],
        [0x93, 0xa1, (byte)'t', 0x91, 0x92, 0x01, 0x81, 0xa1, (byte)'k', .. Enumerable.Repeat((byte)0x91, 5000)],
        [0x93, 0xa1, (byte)'t', 0x91, 0x92, 0x01, 0xdf, 0xff, 0xff, 0xff, 0xff],
        [0x9f, .. Enumerable.Repeat((byte)0x9f, 3000)],
        [0x92, 0xa1, (byte)'t', 0xc4, 4, 0x28, 0xb5, 0x2f, 0xfd],
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01],
        .. new[] { "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), [.. Enumerable.Range(0, 4000).Select(number => (byte)(number * 7919 >> 3))] },
    ];

    /// <summary>Millions of events in a few kilobytes of gzip.</summary>
    public static byte[] GzipBomb(int events, bool isNested = false)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            byte[] block = [.. Enumerable.Repeat(isNested ? [0x92, 0x01, .. Enumerable.Repeat((byte)0x91, 2000), 0xc0] : Nothing, 4096).SelectMany(bytes => bytes)];
            for (var written = 0; written < events; written += 4096)
                gzip.Write(block);
        }

        return new MessagePackBuilder().Array(3).Text("bomb").Binary(packed.ToArray()).Map(1).Text("compressed").Text("gzip").Bytes.ToArray();
    }

    /// <summary>Events and values that are none in turn, so many that to list them would take more than the message.</summary>
    public static byte[] Alternating(int bytes)
    {
        byte[] pair = [.. Nothing, 0x05];
        return new MessagePackBuilder().Array(2).Text("alternating").Binary([.. Enumerable.Repeat(pair, bytes / pair.Length).SelectMany(one => one)]).Bytes.ToArray();
    }

    /// <summary>Small messages, each of which wants an acknowledgement.</summary>
    public static byte[] ManyAcknowledged(int messages, int sender) =>
        [.. Enumerable.Range(0, messages).SelectMany(number =>
            new MessagePackBuilder().Array(3).Text("acks").Array(1).Raw(Nothing).Map(1).Text("chunk").Text($"{sender}-{number}").Bytes.ToArray())];

    /// <summary>Sends it all, and waits until the service closes the connection.</summary>
    /// <returns>The bytes that came back.</returns>
    public static async Task<int> SendAsync(int port, ReadOnlyMemory<byte> bytes, CancellationToken end)
    {
        using var socket = await ConnectAsync(port, end);
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes[sent..], end);
        socket.Shutdown(SocketShutdown.Send);
        var answer = new byte[4096];
        var received = 0;
        while (await socket.ReceiveAsync(answer, end) is > 0 and var read)
            received += read;
        return received;
    }

    public static async Task<Socket> ConnectAsync(int port, CancellationToken end, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            await socket.ConnectAsync(IPAddress.Loopback, port, end);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
