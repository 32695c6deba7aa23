namespace AuraLogs.Forward;

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
        Refusal.TlsFailed => "tls_failed",
        Refusal.HandshakeFailed => "handshake_failed",
        Refusal.HandshakeTimeout => "handshake_timeout",
        Refusal.MessageTimeout => "message_timeout",
        Refusal.SendTimeout => "send_timeout",
        Refusal.Stalled => "stalled",
        Refusal.TooManyConnections => "too_many_connections",
        Refusal.TooManyFromAddress => "too_many_from_address",
        Refusal.InternalError => "internal_error",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };
}
