namespace AuraLogs.Forward.Refusing;

/// <summary>The names of the refusals, as metrics and log lines show them: stable.</summary>
internal static class Refusals
{
    public static string Name(this Refusal refusal) => refusal switch
    {
        Refusal.Malformed => "malformed",
        Refusal.NotAMessage => "not_a_message",
        Refusal.NotAnEvent => "not_an_event",
        Refusal.BadOption => "bad_option",
        Refusal.TagTooLong => "tag_too_long",
        Refusal.ChunkIdTooLong => "chunk_id_too_long",
        Refusal.MessageTooLarge => "message_too_large",
        Refusal.EventTooLarge => "event_too_large",
        Refusal.TooDeep => "too_deep",
        Refusal.UnsupportedCompression => "unsupported_compression",
        Refusal.BrokenCompression => "broken_compression",
        Refusal.UnpackedTooLarge => "unpacked_too_large",
        Refusal.TooManyEvents => "too_many_events",
        Refusal.CutOff => "cut_off",
        Refusal.HttpRequest => "http_request",
        Refusal.TlsOnPlainText => "tls_on_plain_text",
        Refusal.TlsPlainText => "tls_plain_text",
        Refusal.TlsProtocol => "tls_protocol",
        Refusal.TlsCertificate => "tls_certificate",
        Refusal.TlsCertificateRefused => "tls_certificate_refused",
        Refusal.TlsFailed => "tls_failed",
        Refusal.HandshakeMissing => "handshake_missing",
        Refusal.HandshakeUnexpected => "handshake_unexpected",
        Refusal.HandshakeKey => "handshake_key",
        Refusal.HandshakeUser => "handshake_user",
        Refusal.HandshakePassword => "handshake_password",
        Refusal.HandshakeNetwork => "handshake_network",
        Refusal.HandshakeTimeout => "handshake_timeout",
        Refusal.MessageTimeout => "message_timeout",
        Refusal.SendTimeout => "send_timeout",
        Refusal.Stalled => "stalled",
        Refusal.TooManyConnections => "too_many_connections",
        Refusal.TooManyFromAddress => "too_many_from_address",
        Refusal.MadeRoom => "made_room",
        Refusal.InternalError => "internal_error",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };

    /// <summary>What helps, for a person; empty where the name says it.</summary>
    public static string Hint(this Refusal refusal) => refusal switch
    {
        Refusal.HttpRequest =>
            " It speaks HTTP. This port takes Fluent's forward protocol; OTLP comes in through a Fluent Bit (its input opentelemetry, its output forward).",
        Refusal.TlsOnPlainText => " It speaks TLS. This port is plain text; TLS has a port of its own, AuraLogs:Forward:Tls:Port.",
        Refusal.TlsPlainText => " It speaks plain text. This port is TLS; set tls on at the sender, or use AuraLogs:Forward:Port.",
        Refusal.TlsProtocol => " See AuraLogs:Forward:Tls:MinimumVersion.",
        Refusal.TlsCertificate => " Its certificate is missing, expired, or not of AuraLogs:Forward:Tls:ClientCertificateAuthorityFile.",
        Refusal.TlsCertificateRefused => " It does not accept our certificate: its authority (tls.ca_file) or the name that it connects to is another.",
        Refusal.HandshakeMissing => " It sent a message without the handshake: it has no shared key, and AuraLogs:Forward:Security has one.",
        Refusal.HandshakeUnexpected => " It has a shared key, and AuraLogs:Forward:Security has none.",
        Refusal.HandshakeKey => " Its shared key is not that of AuraLogs:Forward:Security.",
        Refusal.HandshakeUser => " Its user is not among AuraLogs:Forward:Security:Users, or may not come from its network.",
        Refusal.HandshakePassword => " Its password is not that of its user in AuraLogs:Forward:Security:Users.",
        Refusal.HandshakeNetwork => " AuraLogs:Forward:Security:Networks has no rule for its network, and AllowOtherNetworks is false.",
        Refusal.MessageTooLarge or Refusal.UnpackedTooLarge => " Make chunks smaller at the sender, or raise the limit that docs/forward.md names.",
        _ => "",
    };
}
