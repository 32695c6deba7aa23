using AuraLogs.Forward.Decoding;
using AuraLogs.LoadTests.Generating;

namespace AuraLogs.Tests.LoadTests;

public class FrameTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddSeconds(1_795_338_028);

    [Theory]
    [InlineData(nameof(FrameMode.Message))]
    [InlineData(nameof(FrameMode.Forward))]
    [InlineData(nameof(FrameMode.Packed))]
    [InlineData(nameof(FrameMode.Gzip))]
    public void A_frame_is_a_message_of_the_protocol_with_all_its_events(string name)
    {
        var mode = Enum.Parse<FrameMode>(name);
        var frames = Generator.Prepare(new LoadOptions { Mode = mode, Records = 20, ChunkBytes = 7_100 });
        var frame = new byte[frames.MaxBytes];
        var length = frames.Write(1, Time, frame);
        var decoder = new ForwardDecoder(new ForwardLimits(16 << 20, 64, 1024, 512, 64 << 20, 1000, 16, 508 << 10, 4 << 20));

        Assert.Equal(DecodeStatus.Message, decoder.Decode(frame.AsSpan(0, length)));

        Assert.Equal(length, decoder.Message.Length);
        Assert.Equal(mode == FrameMode.Message ? 1 : 10, frames.EventsPerFrame);
        var chunk = decoder.Message.ChunkId;
        Assert.True(ChunkId.TryParse(frame.AsSpan(chunk.Start, chunk.Length), out var number));
        Assert.Equal(1, number);
        if (mode != FrameMode.Gzip)
            Assert.Equal(frames.EventsPerFrame, decoder.Message.EventCount);
    }

    [Fact]
    public void A_resend_has_the_same_bytes()
    {
        var frames = Generator.Prepare(new LoadOptions { ChunkBytes = 7_100 });
        var (first, second) = (new byte[frames.MaxBytes], new byte[frames.MaxBytes]);

        frames.Write(5, Time, first);
        frames.Write(6, Time, second);
        Assert.False(first.SequenceEqual(second));

        frames.Write(5, Time, second);
        Assert.True(first.SequenceEqual(second));
    }

    [Theory]
    [InlineData(690, 0)]
    [InlineData(2_000, 193)]
    public void A_record_has_the_size_that_was_asked_for(int bytes, int extraFields) =>
        Assert.Equal(bytes, KubernetesRecord.Build(new Random(1), bytes, extraFields).Length);
}
