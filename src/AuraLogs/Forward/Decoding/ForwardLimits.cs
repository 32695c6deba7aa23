namespace AuraLogs.Forward.Decoding;

/// <summary>The limits of the decoder: the options', and the size of the queue's entries.</summary>
/// <param name="MaxMessageBytes"><see cref="ForwardOptions.MaxMessageBytes"/>.</param>
/// <param name="MaxNesting"><see cref="ForwardOptions.MaxNesting"/>.</param>
/// <param name="MaxTagBytes"><see cref="ForwardOptions.MaxTagBytes"/>.</param>
/// <param name="MaxChunkIdBytes"><see cref="ForwardOptions.MaxChunkIdBytes"/>.</param>
/// <param name="MaxUnpackedBytes"><see cref="ForwardOptions.MaxUnpackedBytes"/>.</param>
/// <param name="MaxUnpackedRatio"><see cref="ForwardOptions.MaxUnpackedRatio"/>.</param>
/// <param name="MaxEventsPerByte"><see cref="ForwardOptions.MaxEventsPerByte"/>.</param>
/// <param name="PartBytes">The bytes of events at which a message is split into entries of the queue.</param>
/// <param name="MaxEventBytes">The most bytes of events that an entry of the queue can hold, so of a single event.</param>
internal sealed record ForwardLimits(
    int MaxMessageBytes,
    int MaxNesting,
    int MaxTagBytes,
    int MaxChunkIdBytes,
    int MaxUnpackedBytes,
    int MaxUnpackedRatio,
    int MaxEventsPerByte,
    int PartBytes,
    int MaxEventBytes);
