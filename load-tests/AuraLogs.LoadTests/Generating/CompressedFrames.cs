using System.IO.Compression;

namespace AuraLogs.LoadTests.Generating;

/// <summary>
/// Frames that were compressed before the run, because compressing costs more than all else that a generator does.
/// Their events carry the time of the preparation.
/// </summary>
internal sealed class CompressedFrames : IFrames
{
    private readonly byte[][] _frames;

    public CompressedFrames(LoadOptions options)
    {
        var template = new FrameTemplate(options);
        EventsPerFrame = template.EventsPerFrame;
        _frames = new byte[(options.Records + EventsPerFrame - 1) / EventsPerFrame][];
        var time = DateTimeOffset.UtcNow;
        Parallel.For(0, _frames.Length, () => new byte[template.MaxBytes], (i, _, buffer) =>
        {
            template.Write(i, time, buffer);
            _frames[i] = Compress(options, i, buffer.AsSpan(template.EventsOffset, template.EventsLength), EventsPerFrame);
            return buffer;
        }, _ => { });
        MaxBytes = _frames.Max(frame => frame.Length);
    }

    public int EventsPerFrame { get; }

    public int MaxBytes { get; }

    public int Write(long number, DateTimeOffset time, Span<byte> destination)
    {
        _frames[number].CopyTo(destination);
        return _frames[number].Length;
    }

    private static byte[] Compress(LoadOptions options, long number, ReadOnlySpan<byte> events, int count)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(events);
        return new MessagePackBuilder().Array(3)
            .String(FrameTemplate.Tag(number % options.Tags))
            .Binary(compressed.GetBuffer().AsSpan(0, (int)compressed.Length))
            .Map(3)
            .String("chunk").String(ChunkId.Format(number))
            .String("size").UInt32((uint)count)
            .String("compressed").String("gzip")
            .ToArray();
    }
}
