using System.Buffers.Binary;
using System.Net.Sockets;

namespace AuraLogs.Forward.Sockets;

/// <summary>
/// What the kernel knows of a connection: Linux's <c>struct tcp_info</c> (<see href="https://man7.org/linux/man-pages/man7/tcp.7.html"/>,
/// <c>linux/tcp.h</c>), of which the state is byte 0 and the bytes that the other side's TCP has acknowledged are the 64 bits at 120.
/// </summary>
internal readonly record struct TcpState(byte State, long TakenBytes)
{
    private const int TcpLevel = 6;
    private const int TcpInfoOption = 11;
    private const int TakenBytesOffset = 120;
    private const byte Established = 1;
    private const byte Closed = 7;

    /// <summary>Whether neither side has ended the connection.</summary>
    public bool IsOpen => State == Established;

    /// <summary>Whether the connection is over: reset, or given up because nothing answers.</summary>
    public bool IsOver => State == Closed;

    /// <returns>Null where there is no such thing: no TCP, another system, a socket that is closed.</returns>
    public static TcpState? Of(Socket socket)
    {
        if (socket.ProtocolType != ProtocolType.Tcp || !OperatingSystem.IsLinux())
            return null;
        Span<byte> info = stackalloc byte[TakenBytesOffset + sizeof(long)];
        try
        {
            int length = socket.GetRawSocketOption(TcpLevel, TcpInfoOption, info);
            return length < info.Length ? null : new TcpState(info[0], BinaryPrimitives.ReadInt64LittleEndian(info[TakenBytesOffset..]));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
