namespace AuraLogs.Forward.Refusing;

/// <summary>Why a client was refused. Each has a name that metrics and log lines show (<see cref="Refusals"/>).</summary>
internal enum Refusal
{
    None,

    /// <summary>Bytes that are not MessagePack.</summary>
    Malformed,

    /// <summary>MessagePack, but not a message of the forward protocol.</summary>
    NotAMessage,

    /// <summary>A message whose events are not <c>[time, record]</c>.</summary>
    NotAnEvent,

    /// <summary>Options that are not a map, or a known option of the wrong type.</summary>
    BadOption,

    /// <summary>A tag longer than <see cref="ForwardOptions.MaxTagBytes"/>.</summary>
    TagTooLong,

    /// <summary>A chunk id longer than <see cref="ForwardOptions.MaxChunkIdBytes"/>.</summary>
    ChunkIdTooLong,

    /// <summary>A message longer than <see cref="ForwardOptions.MaxMessageBytes"/>.</summary>
    MessageTooLarge,

    /// <summary>An event larger than an entry of the queue can be.</summary>
    EventTooLarge,

    /// <summary>A record nested deeper than <see cref="ForwardOptions.MaxNesting"/>.</summary>
    TooDeep,

    /// <summary>A compression that is not known, or whose library is not installed.</summary>
    UnsupportedCompression,

    /// <summary>Compressed events that can't be unpacked.</summary>
    BrokenCompression,

    /// <summary>Compressed events that unpack to more than <see cref="ForwardOptions.MaxUnpackedBytes"/> or <see cref="ForwardOptions.MaxUnpackedRatio"/> allows.</summary>
    UnpackedTooLarge,

    /// <summary>Compressed events that are more than <see cref="ForwardOptions.MaxEventsPerByte"/> allows.</summary>
    TooManyEvents,

    /// <summary>The connection ended inside a message.</summary>
    CutOff,

    /// <summary>HTTP came, as OTLP/HTTP and gRPC are.</summary>
    HttpRequest,

    /// <summary>TLS came where plain text is expected.</summary>
    TlsOnPlainText,

    /// <summary>Plain text came where TLS is expected.</summary>
    TlsPlainText,

    /// <summary>No version of TLS or cipher that both sides know.</summary>
    TlsProtocol,

    /// <summary>The client's certificate is missing or not accepted.</summary>
    TlsCertificate,

    /// <summary>The client does not accept our certificate.</summary>
    TlsCertificateRefused,

    /// <summary>TLS failed otherwise.</summary>
    TlsFailed,

    /// <summary>A message or something else instead of the handshake that is asked for.</summary>
    HandshakeMissing,

    /// <summary>A handshake that nobody asked for.</summary>
    HandshakeUnexpected,

    /// <summary>Another shared key.</summary>
    HandshakeKey,

    /// <summary>A user who does not exist, or may not come from that network.</summary>
    HandshakeUser,

    /// <summary>A wrong password.</summary>
    HandshakePassword,

    /// <summary>A network that may not send.</summary>
    HandshakeNetwork,

    /// <summary>TLS and handshake took longer than <see cref="ForwardOptions.HandshakeTimeout"/>.</summary>
    HandshakeTimeout,

    /// <summary>A message took longer than <see cref="ForwardOptions.MessageTimeout"/> to arrive.</summary>
    MessageTimeout,

    /// <summary>Acknowledgements were not read for <see cref="ForwardOptions.SendTimeout"/>.</summary>
    SendTimeout,

    /// <summary>The message stood still while memory for others was short (<see cref="ForwardOptions.MaxReceiveBytes"/>).</summary>
    Stalled,

    /// <summary>More connections than <see cref="ForwardOptions.MaxConnections"/>.</summary>
    TooManyConnections,

    /// <summary>More connections from one address than <see cref="ForwardOptions.MaxConnectionsPerAddress"/>.</summary>
    TooManyFromAddress,

    /// <summary>An idle connection that was closed for a new one, because there were as many as allowed and its address had the most.</summary>
    MadeRoom,

    /// <summary>An error of our own.</summary>
    InternalError,
}
