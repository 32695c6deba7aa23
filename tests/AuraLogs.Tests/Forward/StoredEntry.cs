using System.Text;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

/// <summary>An entry of the queue, copied.</summary>
internal sealed record StoredEntry(
    string Tag, string ChunkId, string Events, int EventCount, int FirstOrdinal, uint ChunkSecond, Compression Compression)
{
    public static StoredEntry Of(QueueEntry entry) => new(
        Encoding.UTF8.GetString(entry.Tag.Span),
        Encoding.UTF8.GetString(entry.ChunkId.Span),
        Convert.ToHexString(entry.Events.Span),
        entry.EventCount,
        entry.FirstOrdinal,
        entry.ChunkSecond,
        entry.Compression);
}
