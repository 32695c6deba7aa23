using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

public sealed class ForwardDecoderTests
{
    private static readonly byte[] Options = Pack.Map(
        Pack.Str("chunk"), Pack.Str("a-chunk"), Pack.Str("size"), Pack.Int(2), Pack.Str("other"), Pack.Array(Pack.Nil));

    [Fact]
    public void Message_becomes_an_event_of_its_own()
    {
        byte[] message = Pack.Array(Pack.Str("app"), Pack.Time(7, 8), Pack.Record(), Options);
        Assert.Equal(
            new Decoded(ForwardMode.Message, "app", "a-chunk", 0, Compression.None, 1, 7, Convert.ToHexString(Pack.Array(Pack.Time(7, 8), Pack.Record()))),
            Assert.Single(Decoded.All(message).Messages));
    }

    [Fact]
    public void Message_with_an_empty_tag_becomes_an_event_too()
    {
        byte[] message = Pack.Array(Pack.Str(""), Pack.Int(7), Pack.Record());
        Assert.Equal(
            new Decoded(ForwardMode.Message, "", "", 0, Compression.None, 1, 7, Convert.ToHexString(Pack.Array(Pack.Int(7), Pack.Record()))),
            Assert.Single(Decoded.All(message).Messages));
    }

    [Fact]
    public void Forward_carries_its_events_as_they_are()
    {
        byte[] message = Pack.Array(Pack.Str("app"), Pack.Array(Pack.Event(1), Pack.Event(2)), Options);
        Assert.Equal(
            new Decoded(ForwardMode.Forward, "app", "a-chunk", 0, Compression.None, 2, 1, Convert.ToHexString(Pack.Concat(Pack.Event(1), Pack.Event(2)))),
            Assert.Single(Decoded.All(message).Messages));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PackedForward_carries_its_events_as_binary_or_as_string(bool binary)
    {
        byte[] events = Pack.Concat(Pack.Event(1), Pack.Event(2), Pack.Event(3));
        byte[] message = Pack.Array(Pack.Str("app"), binary ? Pack.Bin(events) : Pack.Str(events));
        Assert.Equal(
            new Decoded(ForwardMode.PackedForward, "app", "", 0, Compression.None, 3, 1, Convert.ToHexString(events)),
            Assert.Single(Decoded.All(message).Messages));
    }

    [Theory]
    [InlineData("gzip", (byte)Compression.Gzip)]
    [InlineData("zstd", (byte)Compression.Zstd)]
    public void The_first_bytes_say_how_events_are_compressed_whatever_the_option_says(string name, byte compression)
    {
        byte[] packed = name == "gzip" ? Pack.Gzip(Pack.Event(1)) : Pack.Zstd(Pack.Event(1));
        foreach (string option in (string[])["gzip", "zstd", "text", "other"])
        {
            byte[] message = Pack.Array(Pack.Str("app"), Pack.Bin(packed), Pack.Map(Pack.Str("compressed"), Pack.Str(option)));
            Assert.Equal(
                new Decoded(ForwardMode.CompressedPackedForward, "app", "", 0, (Compression)compression, 0, 0, Convert.ToHexString(packed)),
                Assert.Single(Decoded.All(message).Messages));
        }
    }

    [Fact]
    public void Events_that_are_not_compressed_are_taken_although_the_option_says_they_are()
    {
        byte[] message = Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Event(1)), Pack.Map(Pack.Str("compressed"), Pack.Str("gzip")));
        Assert.Equal(Compression.None, Assert.Single(Decoded.All(message).Messages).Compression);
    }

    [Fact]
    public void Metadata_is_part_of_the_event()
    {
        byte[] withMetadata = Pack.Array(Pack.Array(Pack.Time(5), Pack.Map(Pack.Str("a"), Pack.Int(1))), Pack.Record());
        var decoded = Assert.Single(Decoded.All(Pack.Array(Pack.Str("app"), Pack.Array(withMetadata))).Messages);
        Assert.Equal((1, 5u, Convert.ToHexString(withMetadata)), (decoded.EventCount, decoded.FirstSecond, decoded.Events));
    }

    [Fact]
    public void Times_are_EventTime_integers_and_floats()
    {
        (byte[] Time, uint Second)[] times =
        [
            (Pack.Time(uint.MaxValue, 999_999_999), uint.MaxValue),
            ([0xc7, 8, 0, 0, 0, 0, 9, 0, 0, 0, 1], 9),
            ([0x7f], 127),
            ([0xff], 0),
            ([0xcc, 0xff], 255),
            ([0xcd, 1, 0], 256),
            ([0xce, 0x65, 0, 0, 0], 0x65000000),
            ([0xcf, 0, 0, 0, 0, 0x65, 0, 0, 0], 0x65000000),
            ([0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], uint.MaxValue),
            ([0xd0, 0x80], 0),
            ([0xd1, 1, 0], 256),
            ([0xd2, 0x65, 0, 0, 0], 0x65000000),
            ([0xd3, 0, 0, 0, 0, 0x65, 0, 0, 0], 0x65000000),
            ([0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], 0),
            ([0xca, 0x40, 0x20, 0, 0], 2),
            ([0xcb, 0x40, 0x04, 0, 0, 0, 0, 0, 0], 2),
            ([0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], 0),
            ([0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], uint.MaxValue),
        ];
        foreach (var (time, second) in times)
        {
            Assert.Equal(second, Assert.Single(Decoded.All(Pack.Array(Pack.Str("t"), time, Pack.Record())).Messages).FirstSecond);
            Assert.Equal(second, Assert.Single(Decoded.All(Pack.Array(Pack.Str("t"), Pack.Array(Pack.Array(time, Pack.Record())))).Messages).FirstSecond);
        }
    }

    [Fact]
    public void Messages_without_events_are_messages()
    {
        Assert.Equal(0, Assert.Single(Decoded.All(Pack.Array(Pack.Str("t"), Pack.Array())).Messages).EventCount);
        Assert.Equal(0, Assert.Single(Decoded.All(Pack.Array(Pack.Str("t"), Pack.Bin([]))).Messages).EventCount);
    }

    [Fact]
    public void Heartbeats_between_messages_are_passed()
    {
        byte[] message = Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record());
        Assert.Equal(2, Decoded.All(Pack.Concat(Pack.Nil, message, Pack.Nil, Pack.Nil, message, Pack.Nil)).Messages.Count);
    }

    [Fact]
    public void What_other_signals_carry_is_not_looked_into()
    {
        byte[] options = Pack.Map(Pack.Str("chunk"), Pack.Str("m"), Pack.Str("fluent_signal"), Pack.Int(1));
        foreach (byte[] payload in (byte[][])[Pack.Map(Pack.Str("meta"), Pack.Nil), [0xc1, 0xc1], Pack.Event(1), Pack.Gzip([1, 2]), []])
        {
            var (messages, refusal) = Decoded.All(Pack.Array(Pack.Str("t"), Pack.Bin(payload), options));
            Assert.Equal(Refusal.None, refusal);
            Assert.Equal(("m", 1), (messages[0].ChunkId, messages[0].Signal));
        }
    }

    [Fact]
    public void The_pieces_in_which_a_message_arrives_change_nothing()
    {
        byte[] bytes = Pack.Concat(
            Pack.Array(Pack.Str("app"), Pack.Time(7, 8), Pack.Record(), Options),
            Pack.Array(Pack.Str(new string('t', 40)), Pack.Array(Pack.Event(1), Pack.Event(2)), Options),
            Pack.Nil,
            Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Concat(Pack.Event(1), Pack.Event(2, new string('x', 300)))), Options),
            Pack.Array(Pack.Str("app"), Pack.Bin(Pack.Gzip(Pack.Event(3))), Pack.Nil));
        var (whole, refusal) = Decoded.All(bytes);
        Assert.Equal((4, Refusal.None), (whole.Count, refusal));
        for (int pieceSize = 1; pieceSize < bytes.Length; pieceSize++)
            Assert.Equal(whole, Decoded.All(bytes, pieceSize).Messages);
    }

    [Fact]
    public void Every_limit_refuses_what_is_beyond_it_and_takes_what_is_at_it()
    {
        byte[] Tagged(int length) => Pack.Array(Pack.Str(new string('t', length)), Pack.Int(1), Pack.Record());
        byte[] Identified(int length) => Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str(new string('c', length))));
        byte[] Nested(int depth) => Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Map(Pack.Str("a"), [.. Enumerable.Repeat((byte)0x91, depth - 1), 0xc0]));
        byte[] Sized(int length) => Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Map(Pack.Str("a"), Pack.Str(new string('x', length - 12))));

        (Func<int, byte[]> Make, int Limit, Refusal Refusal)[] limits =
        [
            (Tagged, Decoded.Limits.MaxTagBytes, Refusal.TagTooLong),
            (Identified, Decoded.Limits.MaxChunkIdBytes, Refusal.ChunkIdTooLong),
            (Nested, Decoded.Limits.MaxNesting, Refusal.TooDeep),
            (Sized, Decoded.Limits.MaxMessageBytes, Refusal.MessageTooLarge),
        ];
        foreach (var (make, limit, refusal) in limits)
        {
            Assert.Equal(Refusal.None, Decoded.All(make(limit)).Refusal);
            Assert.Equal(refusal, Decoded.All(make(limit + 1)).Refusal);
            Assert.Equal(refusal, Decoded.All(make(limit + 1), pieceSize: 1000).Refusal);
        }
    }

    [Fact]
    public void Lengths_that_can_not_come_true_are_refused_before_anything_more_arrives()
    {
        byte[][] claims =
        [
            [0x92, 0xa1, (byte)'t', 0xdd, 0xff, 0xff, 0xff, 0xff],
            [0x92, 0xa1, (byte)'t', 0xc6, 0xff, 0xff, 0xff, 0xff],
            [0x93, 0xa1, (byte)'t', 0x01, 0xdf, 0xff, 0xff, 0xff, 0xff],
            [0x93, 0xa1, (byte)'t', 0x01, 0x81, 0xa0, 0xdb, 0xff, 0xff, 0xff, 0xff],
            [0x93, 0xa1, (byte)'t', 0x01, 0x81, 0xa0, 0xc9, 0xff, 0xff, 0xff, 0xff],
            [0x93, 0xa1, (byte)'t', 0x01, 0x81, 0xa0, 0xdd, 0x80, 0, 0, 0],
        ];
        foreach (byte[] claim in claims)
            Assert.Equal(Refusal.MessageTooLarge, Decoded.All(claim).Refusal);
    }

    [Fact]
    public void Wrong_types_are_refused_wherever_they_stand()
    {
        byte[] tag = Pack.Str("t"), time = Pack.Int(1), record = Pack.Record();
        (byte[] Bytes, Refusal Refusal)[] wrong =
        [
            ([0xc1], Refusal.Malformed),
            ("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Refusal.NotAMessage),
            (Pack.Map(), Refusal.NotAMessage),
            (Pack.Array(), Refusal.NotAMessage),
            (Pack.Array(tag), Refusal.NotAMessage),
            (Pack.Array(tag, time), Refusal.NotAMessage),
            (Pack.Array(tag, time, record, Pack.Nil, Pack.Nil), Refusal.NotAMessage),
            (Pack.Array(Pack.Int(1), time, record), Refusal.NotAMessage),
            (Pack.Array(Pack.Nil, time, record), Refusal.NotAMessage),
            (Pack.Array(tag, Pack.Nil, record), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Map(), record), Refusal.NotAnEvent),
            (Pack.Array(tag, [0xd7, 1, 0, 0, 0, 0, 0, 0, 0, 0], record), Refusal.NotAnEvent),
            (Pack.Array(tag, [0xc7, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], record), Refusal.NotAnEvent),
            (Pack.Array(tag, time, Pack.Str("text")), Refusal.NotAnEvent),
            (Pack.Array(tag, time, Pack.Array()), Refusal.NotAnEvent),
            (Pack.Array(tag, time, Pack.Map(Pack.Str("a"), [0xc1])), Refusal.Malformed),
            (Pack.Array(tag, time, record, Pack.Int(1)), Refusal.BadOption),
            (Pack.Array(tag, time, record, Pack.Map(Pack.Str("chunk"), Pack.Int(1))), Refusal.BadOption),
            (Pack.Array(tag, time, record, Pack.Map(Pack.Str("compressed"), Pack.Int(1))), Refusal.BadOption),
            (Pack.Array(tag, time, record, Pack.Map(Pack.Str("fluent_signal"), Pack.Str("1"))), Refusal.BadOption),
            (Pack.Array(tag, time, record, Pack.Map(Pack.Str("fluent_signal"), [0xca, 0, 0, 0, 0])), Refusal.BadOption),
            (Pack.Array(tag, time, record, [0x81, 0xc1, 0xc0]), Refusal.Malformed),
            (Pack.Array(tag, Pack.Array(Pack.Int(1))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Array(time))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Array(time, record, record))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array([0xdc, 0, 3, .. time, .. record, .. record])), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Array(Pack.Array(time, Pack.Nil), record))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Array(Pack.Array(time), record))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Array(Pack.Array(Pack.Array(), Pack.Map()), record))), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Array(Pack.Event(1)), Pack.Nil, Pack.Nil), Refusal.NotAMessage),
            (Pack.Array(tag, Pack.Bin(Pack.Event(1)), Pack.Nil, Pack.Nil), Refusal.NotAMessage),
            (Pack.Array(tag, Pack.Bin(Pack.Event(1)[..^1])), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Str("some text")), Refusal.NotAnEvent),
            (Pack.Array(tag, Pack.Bin("BZh91AY"u8.ToArray()), Pack.Map(Pack.Str("compressed"), Pack.Str("bzip2"))), Refusal.UnsupportedCompression),
        ];
        foreach (var (bytes, refusal) in wrong)
        {
            Assert.Equal((Convert.ToHexString(bytes), refusal), (Convert.ToHexString(bytes), Decoded.All(bytes).Refusal));
            Assert.Equal(refusal, Decoded.All(bytes, pieceSize: 1).Refusal);
            Assert.Empty(Decoded.All(bytes).Messages);
        }
    }

    [Fact]
    public void Events_are_cut_into_parts_at_their_boundaries()
    {
        byte[] small = Pack.Event(1), large = Pack.Event(2, new string('x', 500));
        var limits = Decoded.Limits with { PartBytes = 2 * large.Length, MaxEventBytes = 2 * large.Length };
        byte[] bytes = Pack.Array(Pack.Str("t"), Pack.Array(small, large, large, small, large, large));
        var decoder = new ForwardDecoder(limits);
        decoder.Begin();
        Assert.Equal(DecodeStatus.Message, decoder.Decode(bytes));

        var parts = decoder.Parts.ToArray();
        Assert.Equal([2, 2, 2], parts.Select(part => part.Count));
        Assert.Equal(
            [Pack.Concat(small, large), Pack.Concat(large, small), Pack.Concat(large, large)],
            parts.Select(part => bytes.AsSpan((int)part.Start, part.Length).ToArray()));
    }

    [Fact]
    public void An_event_larger_than_a_part_is_a_part_by_itself()
    {
        byte[] small = Pack.Event(1), large = Pack.Event(2, new string('x', 500));
        byte[] bytes = Pack.Array(Pack.Str("t"), Pack.Array(small, large, small, small, large));
        var decoder = new ForwardDecoder(Decoded.Limits with { PartBytes = 3 * small.Length, MaxEventBytes = large.Length });
        decoder.Begin();
        Assert.Equal(DecodeStatus.Message, decoder.Decode(bytes));

        var parts = decoder.Parts.ToArray();
        Assert.Equal(
            [small, large, Pack.Concat(small, small), large],
            parts.Select(part => bytes.AsSpan((int)part.Start, part.Length).ToArray()));
        Assert.Equal([1, 1, 2, 1], parts.Select(part => part.Count));
    }
}
