using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Storing;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Forward;

public sealed class ChunkIdsTests
{
    private const uint Second = 1_700_000_000;
    private static readonly string Captures = Path.Combine(AppContext.BaseDirectory, "Captures");

    public enum Id
    {
        HashOfContent,
        Unique,
        UniqueAsFluentdSendsIt,
    }

    [Theory]
    [InlineData(0u, Id.HashOfContent, true, true)]
    [InlineData(0u, Id.HashOfContent, false, true)]
    [InlineData(0u, Id.Unique, false, false)]
    [InlineData(0u, Id.Unique, true, true)] // Fluent Bit, whose hash covers more than was sent
    [InlineData(0u, Id.UniqueAsFluentdSendsIt, false, false)]
    [InlineData(1u, Id.HashOfContent, true, false)]
    [InlineData(5_000_000u, Id.HashOfContent, true, false)]
    public async Task A_chunk_of_several_events_may_repeat_with_whole_seconds(uint nanosecond, Id id, bool namesSignal, bool expected)
    {
        byte[] events = Pack.Concat(Pack.Event(Second), Pack.Array(Pack.Time(Second, nanosecond), Pack.Record()));
        byte[] options = Options(id, events, namesSignal);
        Assert.Equal(expected, await MayRepeatAsync(Pack.Array(Pack.Str("t"), Pack.Concat([0x92], events), options)));
        Assert.Equal(expected, await MayRepeatAsync(Pack.Array(Pack.Str("t"), Pack.Bin(events), options)));
        Assert.Equal(expected, await MayRepeatAsync(Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip(events)), options)));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(5_000_000u, true)]
    [InlineData(5_000_001u, false)]
    public async Task A_chunk_of_one_message_may_repeat_with_whole_milliseconds(uint nanosecond, bool expected)
    {
        byte[] time = Pack.Time(Second, nanosecond);
        byte[] hash = Options(Id.HashOfContent, Pack.Array(time, Pack.Record()), namesSignal: false);
        Assert.Equal(expected, await MayRepeatAsync(Pack.Array(Pack.Str("t"), time, Pack.Record(), hash)));
        Assert.Equal(expected, await MayRepeatAsync(Pack.Array(Pack.Str("t"), time, Pack.Record(), Options(Id.Unique, [], namesSignal: true))));
        Assert.False(await MayRepeatAsync(Pack.Array(Pack.Str("t"), time, Pack.Record(), Options(Id.Unique, [], namesSignal: false))));
    }

    [Theory]
    [InlineData(5)] // an integer
    [InlineData(5.0)]
    [InlineData(5.5)]
    public async Task Other_times_than_EventTime_count_too(object time)
    {
        byte[] packed = time is int whole ? Pack.Int(whole) : [0xcb, .. BitConverter.GetBytes((double)time).Reverse()];
        byte[] events = Pack.Array(packed, Pack.Record());
        Assert.Equal(time is not 5.5, await MayRepeatAsync(Pack.Array(Pack.Str("t"), Pack.Bin(events), Options(Id.HashOfContent, events, namesSignal: false))));
    }

    [Theory]
    [InlineData("forward-ack")]
    [InlineData("forward-no-metadata-ack")]
    [InlineData("packed-gzip-ack")]
    public void What_Fluent_Bit_sent_has_the_hash_of_its_events(string scenario)
    {
        int chunks = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(Captures, scenario), "*.client.bin"))
        {
            byte[] bytes = File.ReadAllBytes(file);
            var decoder = new ForwardDecoder(Decoded.Limits);
            decoder.Begin();
            for (int start = 0; start < bytes.Length; start += decoder.Message.Length, decoder.Begin())
            {
                Assert.Equal(DecodeStatus.Message, decoder.Decode(bytes.AsSpan(start)));
                ref var message = ref decoder.Message;
                Assert.True(message.NamesSignal);

                // As if its times were whole and nobody had said that it is Fluent Bit's.
                (message.NamesSignal, message.Fraction) = (false, 0);
                Assert.True(ChunkIds.MayRepeat(message, bytes.AsMemory(start)));
                chunks++;
            }
        }

        Assert.InRange(chunks, 5, 1000);
    }

    private static byte[] Options(Id id, byte[] events, bool namesSignal)
    {
        string chunk = id switch
        {
            Id.HashOfContent => ContentHash.Of(events),
            Id.Unique => Convert.ToBase64String(Guid.NewGuid().ToByteArray()),
            _ => Convert.ToBase64String(Guid.NewGuid().ToByteArray()) + "\n",
        };
        byte[][] signal = namesSignal ? [Pack.Str("fluent_signal"), Pack.Int(0)] : [];
        return Pack.Map([Pack.Str("chunk"), Pack.Str(chunk), .. signal]);
    }

    private static async Task<bool> MayRepeatAsync(byte[] bytes)
    {
        var decoder = new ForwardDecoder(Decoded.Limits);
        decoder.Begin();
        Assert.Equal(DecodeStatus.Message, decoder.Decode(bytes));
        var message = decoder.Message;
        if (message.Compression != AuraLogs.Unpacking.Compression.None)
        {
            using var memory = TestMemory.Budgets();
            var events = new CompressedEvents(Decoded.Limits, memory.Storing);
            Assert.Equal(
                Refusal.None,
                await events.CheckAsync(bytes.AsMemory(message.Events.Start, message.Events.Length), message.Compression, default));
            message.Fraction = events.Fraction;
        }

        return ChunkIds.MayRepeat(message, bytes);
    }
}
