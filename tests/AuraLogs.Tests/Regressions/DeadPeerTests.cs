using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward.Sockets;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>A sender that was gone without a word kept its connection for more than two hours, the kernel's default.</summary>
public sealed class DeadPeerTests
{
    private const string KeepAliveTimer = "02";

    [Fact]
    public async Task The_kernel_probes_a_silent_connection_after_a_minute()
    {
        await using var server = await ForwardServer.StartAsync();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(server.EndPoint);
        var remote = (IPEndPoint)client.LocalEndPoint!;

        // /proc/net/tcp (Linux, Documentation/networking/proc_net_tcp.rst): "sl local_address rem_address st tx_queue:rx_queue tr:tm->when".
        // The timer runs in hundredths of a second.
        string[] timer = [];
        await Until.TrueAsync(() => (timer = TimerOf(server.EndPoint.Port, remote.Port)) is [KeepAliveTimer, _]);

        var seconds = int.Parse(timer[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 100.0;
        Assert.InRange(seconds, TcpLiveness.IdleSeconds - 30, TcpLiveness.IdleSeconds);
    }

    private static string[] TimerOf(int local, int remote) =>
        File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[1].EndsWith($":{local:X4}", StringComparison.Ordinal) && columns[2].EndsWith($":{remote:X4}", StringComparison.Ordinal))
            .Select(columns => columns[5].Split(':'))
            .FirstOrDefault([]);
}
