using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>Tells of new dead letters in the log: at most one line a minute, with how many, of which index and why.</summary>
internal sealed partial class DeadLetterLog(TimeProvider time, ILogger<DeadLetterLog> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int MostKinds = 100;
    private const int MostNamed = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Index, string Error), long> _kinds = [];
    private long _count;
    private long? _told;

    /// <param name="index">Where the document belongs.</param>
    /// <param name="error">Why it is not there.</param>
    public void Add(string index, ElasticsearchError error)
    {
        lock (_lock)
        {
            _count++;
            var kind = (index, error.Type);
            if (_kinds.Count < MostKinds || _kinds.ContainsKey(kind))
                _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>Writes the line, when there is something to tell and the last one is long enough ago.</summary>
    public void Tell()
    {
        lock (_lock)
        {
            if (_count == 0 || (_told is { } told && time.GetElapsedTime(told) < Interval))
                return;
            var named = _kinds.OrderByDescending(kind => kind.Value).Take(MostNamed).Select(kind => $"{kind.Value} of {kind.Key.Index} ({kind.Key.Error})");
            var kinds = string.Join(", ", named) + (_kinds.Count > MostNamed ? ", and others" : "");
            LogNew(_count, kinds);
            _told = time.GetTimestamp();
            _count = 0;
            _kinds.Clear();
        }
    }

    [LoggerMessage(LogLevel.Warning, "New dead letters: {Count}, {Kinds}.")]
    private partial void LogNew(long count, string kinds);
}
