using System.Globalization;
using System.Text;
using AuraLogs.MessagePack.Json;

namespace AuraLogs.Indexing.Documents;

/// <summary>
/// The line before each document: <c>{"create":{"_index":"aura-services-2026.11.22","_id":"..."}}</c>. It is kept whole, and
/// only what differs from the last one is written anew: the place in the chunk for each event, the day when it changes.
/// </summary>
internal sealed class BulkAction
{
    private const string DayFormat = "yyyy.MM.dd";
    private const long SecondsPerDay = 86400;

    private readonly byte[] _line;
    private readonly int _day;
    private readonly int _id;
    private long _writtenDay = long.MinValue;

    public BulkAction(string indexPrefix)
    {
        var start = $"{{\"create\":{{\"_index\":\"{indexPrefix}-";
        var middle = "\",\"_id\":\"";
        _line = Encoding.UTF8.GetBytes($"{start}{DayFormat}{middle}{new string(' ', DocumentId.Length)}\"}}}}\n");
        _day = start.Length;
        _id = start.Length + DayFormat.Length + middle.Length;
    }

    /// <summary>The id of the current chunk; after beginning one on it, <see cref="BeginChunk"/> has to follow.</summary>
    public DocumentId Id { get; } = new();

    public void BeginChunk() => Id.WriteChunk(_line.AsSpan(_id));

    /// <param name="day">The day of the index, in days since 1970.</param>
    /// <param name="ordinal">The place in the chunk.</param>
    /// <param name="destination">Where to append.</param>
    public void Write(long day, long ordinal, JsonBuffer destination)
    {
        if (day != _writtenDay)
            WriteDay(day);
        Id.WriteOrdinal(ordinal, _line.AsSpan(_id));
        destination.Write(_line);
    }

    private void WriteDay(long day)
    {
        DateTime.UnixEpoch.AddSeconds(day * SecondsPerDay).TryFormat(_line.AsSpan(_day), out _, DayFormat, CultureInfo.InvariantCulture);
        _writtenDay = day;
    }
}
