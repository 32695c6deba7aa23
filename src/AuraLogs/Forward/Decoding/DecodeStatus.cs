namespace AuraLogs.Forward.Decoding;

internal enum DecodeStatus
{
    /// <summary>The message goes on behind the bytes at hand.</summary>
    NeedMore,

    /// <summary>A whole message: <see cref="ForwardDecoder.Message"/>.</summary>
    Message,

    /// <summary>A lone nil, which some clients send to keep the connection open.</summary>
    Heartbeat,

    /// <summary>The connection must be closed: <see cref="ForwardDecoder.Refusal"/> says why.</summary>
    Refused,
}
