using System.Net.Sockets;

namespace AuraLogs.Elasticsearch.Nodes;

/// <summary>
/// Opens connections to nodes. A connection that is idle is probed, so that one which a firewall or a balancer has forgotten is closed before a request
/// is sent into it: after 15 s, then every 5 s, and closed after three probes without an answer.
/// </summary>
internal static class NodeConnection
{
    private const int IdleSeconds = 15;
    private const int ProbeSeconds = 5;
    private const int Probes = 3;

    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
