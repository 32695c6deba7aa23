namespace AuraLogs.Indexing.Documents;

/// <summary>
/// The day of the index that an event belongs to: the day of its time, but none that its retention is already over for and
/// none after tomorrow, both seen from when it was received, so that a wrong clock can't create a thousand indices.
/// Days are days since 1970 (UTC).
/// </summary>
internal readonly struct IndexDays(DateTimeOffset receivedAt, int retentionDays)
{
    private const long SecondsPerDay = 86400;

    private readonly long _last = DayOf(receivedAt.ToUnixTimeSeconds()) + 1;

    private readonly long _first = DayOf(receivedAt.ToUnixTimeSeconds()) - retentionDays + 1;

    public long Of(long eventSecond) => Math.Clamp(DayOf(eventSecond), _first, _last);

    private static long DayOf(long second) => (long)Math.Floor((double)second / SecondsPerDay);
}
