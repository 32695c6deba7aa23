using System.IO.Compression;
using System.Text;
using AuraLogs.Queue;
using AuraLogs.Tests.MessagePack;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Indexing;

/// <summary>Events with a number in the field <c>n</c>, so that each can be found again.</summary>
internal static class TestEvents
{
    public static readonly DateTimeOffset FirstTime = DateTimeOffset.UtcNow.AddHours(-1);

    public static NewEntry Entry(string chunk, int first, int count, Compression compression = Compression.None, string tag = "kube.test", Func<int, object?>? record = null)
    {
        record ??= n => new Dictionary<string, object?> { ["n"] = n, ["msg"] = $"message \"{n}\"", ["lvl"] = "INFO" };
        var events = new MessagePackWriter();
        for (var n = first; n < first + count; n++)
            events.Array(2).EventTime(FirstTime.ToUnixTimeSeconds() + n, (uint)n).Value(record(n));
        var bytes = events.ToArray();
        return new NewEntry
        {
            Tag = Encoding.UTF8.GetBytes(tag),
            ChunkId = Encoding.UTF8.GetBytes(chunk),
            Events = compression == Compression.Gzip ? Gzip(bytes) : bytes,
            EventCount = count,
            ChunkSecond = (uint)(FirstTime.ToUnixTimeSeconds() + first),
            Compression = compression,
        };
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
