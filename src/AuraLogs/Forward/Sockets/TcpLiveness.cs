using System.Net.Sockets;

namespace AuraLogs.Forward.Sockets;

/// <summary>
/// Notices a sender that is gone without a word (its node lost power, a firewall forgot the connection) after two minutes, where the kernel would
/// take more than two hours: a silent connection is probed after a minute, then every ten seconds, and is closed after six probes without an
/// answer. Data of ours that nobody receives, an acknowledgement, is not sent again for longer than that either (TCP_USER_TIMEOUT, RFC 5482;
/// 15 minutes by default). None of this closes a connection whose other end is alive, however long it is silent.
/// </summary>
internal static class TcpLiveness
{
    public const int IdleSeconds = 60;
    public const int ProbeSeconds = 10;
    public const int Probes = 6;

    // include/uapi/linux/tcp.h; .NET has no name for it.
    private const int LinuxTcpUserTimeout = 18;

    /// <summary>To be called once for each accepted connection. Acknowledgements go out at once, too.</summary>
    /// <exception cref="SocketException">The connection is gone already.</exception>
    public static void Watch(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxTcpUserTimeout, BitConverter.GetBytes((IdleSeconds + (ProbeSeconds * Probes)) * 1000));
    }
}
