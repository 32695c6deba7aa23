using System.Diagnostics;
using System.Net.Sockets;
using AuraLogs.Queue;
using AuraLogs.Tests.Forward;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// While the queue is full, sockets are not read, and the kernel keeps what senders go on to send: up to 32 MiB for each connection that was
/// fast before, in the memory of the container.
/// </summary>
public sealed class StalledConnectionsFillTheKernelTests
{
    private const int ReceiveBufferBytes = 16 << 10;

    /// <summary>Twice what is set, and some; less than what the kernel gives each connection at first when nothing is set (64 KiB).</summary>
    private const int MostInKernel = 3 * ReceiveBufferBytes;

    [Fact]
    public async Task A_connection_that_is_not_read_takes_no_more_than_the_option_says()
    {
        await using var server = await ForwardServer.StartAsync(
            options => options.ReceiveBufferBytes = ReceiveBufferBytes,
            layout: new QueueLayout { SegmentSize = 4 << 20, SegmentBudget = 16 << 20, ResumeBytes = 8 << 20, QuarantineBudget = 1 << 20 });
        var entry = new NewEntry { Tag = "f"u8.ToArray(), Events = new byte[server.Queue.PartBytes], EventCount = 1 };
        while (!server.Queue.IsFull)
        {
            if (server.Queue.TryAppend(entry, out long address))
                await server.Queue.WaitForCommitAsync(address, default);
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 4 << 10 };
        await socket.ConnectAsync(server.EndPoint);
        socket.Blocking = false;
        byte[] message = Pack.Array(Pack.Str("t"), Pack.Bin(new byte[1 << 20]));
        int sent = 0;
        var silence = Stopwatch.StartNew();
        while (sent < message.Length && silence.Elapsed < TimeSpan.FromSeconds(1))
        {
            try
            {
                sent += socket.Send(message.AsSpan(sent));
                silence.Restart();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectWrite);
            }
        }

        Assert.InRange(sent, 1, MostInKernel + socket.SendBufferSize);
        Assert.Equal(0, server.Counts["auralogs_forward_received_bytes_total"]);
    }
}
