using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace AuraLogs.LoadTests.Generating;

/// <summary>
/// A frame that is built once. Sending it costs a copy, and writing the tag's number, the chunk's number and, for each event,
/// 8 bytes of time and 8 of sequence number.
/// </summary>
internal sealed class FrameTemplate : IFrames
{
    private const string TagStart = "kube.var.log.containers.checkout-";
    private readonly byte[] _bytes;
    private readonly int[] _times;
    private readonly int[] _sequences;
    private readonly int _tagNumber;
    private readonly int _chunkNumber;
    private readonly int _tags;

    public FrameTemplate(LoadOptions options)
    {
        EventsPerFrame = options.Mode == FrameMode.Message ? 1 : Math.Max(1, options.ChunkBytes / (options.RecordBytes + 13));
        _tags = options.Tags;
        _times = new int[EventsPerFrame];
        _sequences = new int[EventsPerFrame];

        // 1. The tag.
        var tag = Tag(0);
        var frame = new MessagePackBuilder().Array(options.Mode == FrameMode.Message ? 4 : 3).String(tag);
        _tagNumber = frame.Length - tag.Length + TagStart.Length;

        // 2. The events, noting the places that differ.
        var random = new Random(690);
        var events = options.Mode switch
        {
            FrameMode.Message => MessageEvent(options, random),
            _ => Events(options, random),
        };
        if (options.Mode == FrameMode.Forward)
            frame.Array(EventsPerFrame).Raw(events);
        else if (options.Mode == FrameMode.Message)
            frame.Raw(events);
        else
            frame.Binary(events);
        for (int i = 0, start = frame.Length - events.Length; i < EventsPerFrame; i++)
        {
            _times[i] += start;
            _sequences[i] += start;
        }

        EventsOffset = frame.Length - events.Length;
        EventsLength = events.Length;

        // 3. The option, with the chunk id.
        frame.Map(2).String("chunk").String(ChunkId.Format(0));
        _chunkNumber = frame.Length - ChunkId.Length;
        frame.String("size").UInt32((uint)EventsPerFrame);
        _bytes = frame.ToArray();
    }

    public int EventsPerFrame { get; }

    public int MaxBytes => _bytes.Length;

    /// <summary>Where the events lie in the frame.</summary>
    public int EventsOffset { get; }

    public int EventsLength { get; }

    public int Write(long number, DateTimeOffset time, Span<byte> destination)
    {
        _bytes.CopyTo(destination);
        WriteTagNumber(number % _tags, destination.Slice(_tagNumber, 5));
        ChunkId.Write(number, destination.Slice(_chunkNumber, ChunkId.Length));
        var stamp = EventTime(time);
        var sequence = number * EventsPerFrame;
        for (var i = 0; i < _times.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[_times[i]..], stamp);
            BinaryPrimitives.WriteInt64BigEndian(destination[_sequences[i]..], sequence + i);
        }

        return _bytes.Length;
    }

    public static string Tag(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{TagStart}{number:d5}_aura-services_checkout.log");

    private static void WriteTagNumber(long number, Span<byte> digits) =>
        Utf8Formatter.TryFormat(number, digits, out _, new System.Buffers.StandardFormat('D', 5));

    private static ulong EventTime(DateTimeOffset time)
    {
        var seconds = (ulong)time.ToUnixTimeSeconds();
        var nanoseconds = (ulong)(time.Ticks % TimeSpan.TicksPerSecond) * 100;
        return seconds << 32 | nanoseconds;
    }

    private byte[] MessageEvent(LoadOptions options, Random random)
    {
        var events = new MessagePackBuilder().EventTime();
        _times[0] = events.Length - 8;
        _sequences[0] = events.Length + KubernetesRecord.SequenceOffset(options.ExtraFields);
        return events.Raw(KubernetesRecord.Build(random, options.RecordBytes, options.ExtraFields)).ToArray();
    }

    private byte[] Events(LoadOptions options, Random random)
    {
        var events = new MessagePackBuilder();
        for (var i = 0; i < EventsPerFrame; i++)
        {
            events.Array(2).Array(2).EventTime();
            _times[i] = events.Length - 8;
            events.Map(0);
            _sequences[i] = events.Length + KubernetesRecord.SequenceOffset(options.ExtraFields);
            events.Raw(KubernetesRecord.Build(random, options.RecordBytes, options.ExtraFields));
        }

        return events.ToArray();
    }
}
