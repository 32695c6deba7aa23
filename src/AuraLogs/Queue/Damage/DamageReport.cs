using AuraLogs.Queue.Log;

namespace AuraLogs.Queue.Damage;

/// <summary>
/// Damaged parts that no line in the log has told of yet: scattered damage, a bit here and there in ten gigabytes, is one line an
/// interval with the sums, not one a part. Safe for all threads.
/// </summary>
internal sealed class DamageReport(TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Damage? _untold;
    private long? _lastTold;

    /// <param name="gap">What could not be read.</param>
    /// <param name="notKept">Why it could not be copied to the quarantine; null when it was.</param>
    public void Add(Gap gap, string? notKept)
    {
        lock (_lock)
        {
            var before = _untold ?? new Damage(0, gap.From, gap.To, 0, 0, null);
            _untold = new Damage(
                before.Parts + 1, before.From, gap.To, before.Events + gap.Events,
                before.NotKept + (notKept is null ? 0 : 1), notKept ?? before.NotKeptReason);
        }
    }

    /// <summary>What is to be told now; null when there is nothing, or when the last time was less than the interval ago.</summary>
    public Damage? Take(bool atOnce)
    {
        lock (_lock)
        {
            if (_untold is null || (!atOnce && _lastTold is { } last && time.GetElapsedTime(last) < Interval))
                return null;
            _lastTold = time.GetTimestamp();
            (var told, _untold) = (_untold, null);
            return told;
        }
    }

    /// <summary>Damaged parts in sum.</summary>
    internal sealed record Damage(int Parts, long From, long To, long Events, int NotKept, string? NotKeptReason);
}
