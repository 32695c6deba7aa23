using System.Text;
using AuraLogs.Queue;

namespace AuraLogs.Tests.Queue;

/// <summary>Entries whose content tells which one it is.</summary>
internal static class Entries
{
    public static NewEntry Number(int number, int eventBytes = 700, int events = 1)
    {
        var content = new byte[eventBytes];
        new Random(number).NextBytes(content);
        return new NewEntry
        {
            Tag = Encoding.UTF8.GetBytes($"kube.{number % 7}"),
            ChunkId = Encoding.UTF8.GetBytes($"chunk-{number}"),
            Events = content,
            EventCount = events,
            FirstOrdinal = number,
            ChunkSecond = (uint)(1_700_000_000 + number),
            Compression = (Compression)(number % 3),
        };
    }

    public static void AssertIsNumber(int number, QueueEntry entry, int eventBytes = 700, int events = 1)
    {
        var expected = Number(number, eventBytes, events);
        Assert.Equal(expected.FirstOrdinal, entry.FirstOrdinal);
        Assert.Equal(expected.EventCount, entry.EventCount);
        Assert.Equal(expected.ChunkSecond, entry.ChunkSecond);
        Assert.Equal(expected.Compression, entry.Compression);
        Assert.True(expected.Tag.Span.SequenceEqual(entry.Tag.Span));
        Assert.True(expected.ChunkId.Span.SequenceEqual(entry.ChunkId.Span));
        Assert.True(expected.Events.Span.SequenceEqual(entry.Events.Span));
    }

    public static async Task AppendAsync(this LogQueue queue, int from, int count, int eventBytes = 700, int events = 1)
    {
        var address = 0L;
        for (var number = from; number < from + count; number++)
            address = await queue.AppendAsync(Number(number, eventBytes, events), default);
        await queue.WaitForCommitAsync(address, default);
    }

    /// <summary>Reads the entries of these numbers, in this order, and completes them as indexed.</summary>
    public static async Task ReadAndCompleteAsync(this LogQueue queue, int from, int count, int eventBytes = 700, int events = 1)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var number = from; number < from + count; number++)
        {
            using var entry = await queue.ReadAsync(timeout.Token);
            AssertIsNumber(number, entry, eventBytes, events);
            queue.Complete(entry.Position, new EntryOutcome(entry.EventCount, 0, 0));
        }
    }
}
