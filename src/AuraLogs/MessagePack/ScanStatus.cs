namespace AuraLogs.MessagePack;

/// <summary>What <see cref="MessagePackScanner"/> says of the bytes so far.</summary>
internal enum ScanStatus
{
    /// <summary>The value is passed; the position is behind it.</summary>
    Done,

    /// <summary>The value goes on behind the bytes at hand; the position is where to go on.</summary>
    NeedMore,

    /// <summary>A byte with which no value starts.</summary>
    Malformed,

    /// <summary>More containers in containers than allowed.</summary>
    TooDeep,

    /// <summary>A length that reaches beyond the most bytes allowed.</summary>
    TooLarge,
}
