using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Security;
using AuraLogs.Forward.Tls;
using AuraLogs.MessagePack;

namespace AuraLogs.Forward.Listening;

/// <summary>What comes before a connection's first message: TLS, then the handshake, as far as they are asked for.</summary>
internal static class ConnectionOpener
{
    /// <summary>Encrypts a connection.</summary>
    /// <param name="socket">The connection's.</param>
    /// <param name="stream">What it is read and written through so far.</param>
    /// <param name="tls">Knows our certificate and the senders'.</param>
    /// <param name="cancellationToken">Ends the waiting for the sender.</param>
    /// <returns>What it is read and written through from now on.</returns>
    /// <exception cref="ForwardRefusedException">It does not speak TLS.</exception>
    /// <exception cref="IOException">It has ended, or TLS has failed.</exception>
    public static async Task<Stream> OpenTlsAsync(Socket socket, Stream stream, TlsAuthenticator tls, CancellationToken cancellationToken)
    {
        // Who connects and goes again without a word only looks whether we are there, as probes do. That was waited for.
        if (socket.Available == 0)
            throw new EndOfStreamException();
        byte[] first = new byte[2];
        int peeked = await socket.ReceiveAsync(first, SocketFlags.Peek, cancellationToken);
        if (peeked == first.Length && !ForeignProtocol.IsTls(first))
            throw new ForwardRefusedException(Refusal.TlsPlainText, 0);
        return await tls.AuthenticateAsync(stream, cancellationToken);
    }

    /// <summary>Says hello, and judges who answers.</summary>
    /// <param name="socket">The connection's.</param>
    /// <param name="stream">What it is read and written through.</param>
    /// <param name="security">Whose messages are taken.</param>
    /// <param name="cancellationToken">Ends the waiting for the sender.</param>
    /// <returns>The bytes that were read.</returns>
    /// <exception cref="ForwardRefusedException">It may not send, or speaks something else.</exception>
    /// <exception cref="IOException">It has ended.</exception>
    public static async Task<int> ShakeHandsAsync(Socket socket, Stream stream, ForwardSecurity security, CancellationToken cancellationToken)
    {
        var handshake = new Handshake(security, (socket.RemoteEndPoint as IPEndPoint)?.Address);
        await stream.WriteAsync(handshake.Hello(), cancellationToken);
        byte[] ping = new byte[Handshake.MaxPingBytes];
        var scanner = new MessagePackScanner(1, ping.Length);
        int position = 0;
        int filled = 0;
        while (true)
        {
            int read = await stream.ReadAsync(ping.AsMemory(filled), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException();
            filled += read;
            var status = scanner.Skip(ping.AsSpan(0, filled), ref position);
            if (status == ScanStatus.Done)
                break;
            if (status != ScanStatus.NeedMore || filled == ping.Length)
                throw new ForwardRefusedException(ForeignProtocol.Explain(ping.AsSpan(0, filled), Refusal.HandshakeMissing), position);
        }

        var verdict = handshake.Judge(ping.AsSpan(0, position));
        await stream.WriteAsync(verdict.Pong, cancellationToken);
        if (!verdict.Accepted)
            throw new ForwardRefusedException(verdict.Refusal, 0);
        if (filled > position)
            throw new ForwardRefusedException(Refusal.NotAMessage, position);
        return position;
    }
}
