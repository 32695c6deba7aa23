using System.Net;
using System.Net.Sockets;

namespace AuraLogs.Forward.Listening;

/// <summary>Answers the heartbeats that Fluentd sends by UDP to the port with one byte, whatever is in them; <see cref="HeartbeatLimit"/> says which.</summary>
internal sealed class UdpHeartbeat(Socket socket, HeartbeatLimit limit, ILogger logger) : IDisposable
{
    private static readonly byte[] Answer = [0];

    /// <exception cref="SocketException">The port is in use.</exception>
    public static UdpHeartbeat Bind(IPEndPoint endPoint, TimeProvider time, ILogger logger)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(endPoint);
            return new UdpHeartbeat(socket, new HeartbeatLimit(time, ((IPEndPoint)socket.LocalEndPoint!).Port), logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        byte[] packet = new byte[128];
        var from = new SocketAddress(socket.AddressFamily);
        var anyone = (IPEndPoint)socket.LocalEndPoint!;
        while (true)
        {
            try
            {
                await socket.ReceiveFromAsync(packet, SocketFlags.None, from, cancellationToken);
                if (limit.Admit((IPEndPoint)anyone.Create(from)))
                    await socket.SendToAsync(Answer, SocketFlags.None, from, cancellationToken);
            }
            catch (SocketException e)
            {
                // The client is not there any more, or its packet was too long: the next one counts.
                logger.HeartbeatFailed(e.SocketErrorCode);
            }
        }
    }

    public void Dispose() => socket.Dispose();
}
