using System.Collections.Concurrent;

namespace AuraLogs.Operations.Logging;

/// <summary>
/// Lets each kind of line (a category and its event id) through at most twenty times in ten seconds, so that a failure
/// that repeats a thousand times a second does not bury everything else. What was left out is counted and told with the
/// next line of the kind. Critical lines always pass. The kinds are those in the code, so they are few.
/// </summary>
internal sealed class LogRateLimit(TimeProvider time)
{
    public const int MostLines = 20;
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Category, int EventId), Kind> _kinds = new();

    /// <param name="category">The logger's name.</param>
    /// <param name="eventId">The line's event id.</param>
    /// <param name="level">Critical is never limited.</param>
    /// <param name="leftOut">How many lines of the kind were left out since the last one that passed.</param>
    /// <returns>Whether the line is written.</returns>
    public bool Admit(string category, EventId eventId, LogLevel level, out int leftOut)
    {
        leftOut = 0;
        return level >= LogLevel.Critical
            || _kinds.GetOrAdd((category, eventId.Id), _ => new Kind()).Admit(time, out leftOut);
    }

    private sealed class Kind
    {
        private readonly Lock _changing = new();
        private long _periodStart;
        private int _lines;
        private int _leftOut;

        public bool Admit(TimeProvider time, out int leftOut)
        {
            lock (_changing)
            {
                var now = time.GetTimestamp();
                if (_lines == 0 || time.GetElapsedTime(_periodStart, now) >= Period)
                    (_periodStart, _lines) = (now, 0);
                leftOut = 0;
                if (_lines == MostLines)
                {
                    _leftOut++;
                    return false;
                }

                _lines++;
                (leftOut, _leftOut) = (_leftOut, 0);
                return true;
            }
        }
    }
}
