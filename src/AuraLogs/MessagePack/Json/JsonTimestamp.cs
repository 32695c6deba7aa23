namespace AuraLogs.MessagePack.Json;

/// <summary>
/// Writes event times as <c>2026-11-22T09:00:28.097479000Z</c> (ISO 8601, UTC, always nanoseconds). Events of one second
/// follow each other, so the text of the second is kept and only the nanoseconds are written anew.
/// </summary>
internal sealed class JsonTimestamp
{
    public const int Length = 30;

    private const int SecondLength = 20;

    private readonly byte[] _second = new byte[SecondLength];
    private long _writtenSecond = long.MinValue;

    public void Write(EventTimestamp time, Span<byte> destination)
    {
        if (time.Seconds != _writtenSecond)
            WriteSecond(time.Seconds);
        _second.CopyTo(destination);
        var rest = time.Nanoseconds;
        for (var i = SecondLength + 8; i >= SecondLength; i--)
        {
            (rest, var digit) = Math.DivRem(rest, 10);
            destination[i] = (byte)('0' + digit);
        }

        destination[Length - 1] = (byte)'Z';
    }

    private void WriteSecond(long seconds)
    {
        DateTime.UnixEpoch.AddSeconds(seconds).TryFormat(_second, out _, "yyyy-MM-ddTHH:mm:ss.");
        _writtenSecond = seconds;
    }
}
