using System.Text;
using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Unpacking;

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

    /// <summary>The header that the queue would give the entry there.</summary>
    public static EntryHeader Header(in NewEntry entry, ulong queueId, long address, long sequence) => new()
    {
        TagLength = entry.Tag.Length,
        ChunkIdLength = entry.ChunkId.Length,
        EventsLength = entry.Events.Length,
        EventCount = entry.EventCount,
        FirstOrdinal = entry.FirstOrdinal,
        ChunkSecond = entry.ChunkSecond,
        Compression = entry.Compression,
        QueueId = queueId,
        Address = address,
        Sequence = sequence,
        ReceivedAtTicks = DateTimeOffset.UtcNow.UtcTicks,
        BodyCrc = Crc32C.Compute(entry.Tag.Span, entry.ChunkId.Span, entry.Events.Span),
    };

    /// <summary>The entry's bytes as they would stand there in a segment.</summary>
    public static byte[] OnDisk(in NewEntry entry, ulong queueId, long address, long sequence)
    {
        var header = Header(entry, queueId, address, sequence);
        var toAppend = new EntryToAppend(header, entry);
        var content = new byte[EntryHeader.SizeOnDisk(header.BodyLength)];
        BitConverter.TryWriteBytes(content, toAppend.SerializedLength);
        toAppend.SerializeTo(content.AsSpan(EntryHeader.LengthField));
        return content;
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
