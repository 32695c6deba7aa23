using System.Text;

namespace AuraLogs.Forward.Refusing;

/// <summary>Recognises by its first bytes what talks to the port and is no message of the forward protocol.</summary>
internal static class ForeignProtocol
{
    private const string HttpBody =
        "This port takes Fluent's forward protocol, not HTTP. Send OTLP through a Fluent Bit: input opentelemetry, output forward.\r\n";

    private static readonly byte[][] HttpMethods =
        ["GET "u8.ToArray(), "POST "u8.ToArray(), "PUT "u8.ToArray(), "HEAD "u8.ToArray(), "OPTIONS "u8.ToArray(), "CONNECT "u8.ToArray(), "PRI * HTTP/2"u8.ToArray()];

    /// <summary>The answer to HTTP/1, with a status that makes an OTLP exporter keep what it has and try again.</summary>
    public static ReadOnlyMemory<byte> HttpAnswer { get; } = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: {HttpBody.Length}\r\nConnection: close\r\n\r\n{HttpBody}");

    /// <summary>A TLS record of the handshake, of any version.</summary>
    public static bool IsTls(ReadOnlySpan<byte> first) => first.StartsWith([(byte)0x16, (byte)0x03]);

    /// <param name="first">The first bytes of a connection.</param>
    /// <param name="reason">What the decoder made of them.</param>
    /// <returns>A reason that says more, or the same.</returns>
    public static Refusal Explain(ReadOnlySpan<byte> first, Refusal reason)
    {
        foreach (byte[] method in HttpMethods)
        {
            if (first.StartsWith(method))
                return Refusal.HttpRequest;
        }

        if (IsTls(first))
            return Refusal.TlsOnPlainText;
        // An array of six that begins with the text PING.
        return first.StartsWith([(byte)0x96, (byte)0xa4, (byte)'P', (byte)'I', (byte)'N', (byte)'G']) ? Refusal.HandshakeUnexpected : reason;
    }
}
