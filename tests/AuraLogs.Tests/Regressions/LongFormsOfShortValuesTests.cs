using System.Text;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Tests.Forward;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// MessagePack has several forms for one value. Fluent Bit writes a map whose size it does not know beforehand with four bytes for the
/// count, also when it is empty, so every document of an unfiltered input had <c>"metadata":{}</c>.
/// </summary>
public sealed class LongFormsOfShortValuesTests
{
    private const string Document = """{"@timestamp":"1970-01-01T00:00:05.000000000Z","log":"hello"}""";

    private static readonly byte[][] EmptyMaps = [[0x80], [0xde, 0, 0], [0xdf, 0, 0, 0, 0]];

    [Fact]
    public void Empty_metadata_of_every_form_is_left_out()
    {
        foreach (byte[] map in EmptyMaps)
            Assert.Equal(Document, Transcode(Pack.Array(Pack.Array(Pack.Time(5), map), Pack.Record())));
    }

    [Fact]
    public void A_message_whose_option_metadata_is_empty_has_no_metadata()
    {
        foreach (byte[] map in EmptyMaps)
        {
            var decoder = new AuraLogs.Forward.Decoding.ForwardDecoder(Decoded.Limits);
            decoder.Begin();
            Assert.Equal(
                AuraLogs.Forward.Decoding.DecodeStatus.Message,
                decoder.Decode(Pack.Array(Pack.Str("t"), Pack.Time(5), Pack.Record(), Pack.Map(Pack.Str("metadata"), map))));
            Assert.True(decoder.Message.Metadata.IsEmpty);
        }
    }

    /// <summary>Two fields of one name are refused by Elasticsearch.</summary>
    [Fact]
    public void The_records_own_timestamp_moves_out_of_the_way_whatever_the_form_of_its_key()
    {
        byte[] name = "@timestamp"u8.ToArray();
        byte[][] keys = [[0xaa, .. name], [0xd9, 10, .. name], [0xda, 0, 10, .. name], [0xdb, 0, 0, 0, 10, .. name], [0xc4, 10, .. name]];
        foreach (byte[] key in keys)
        {
            byte[] record = Pack.Map(key, Pack.Str("yesterday"), Pack.Str("padding"), Pack.Str("so that blocks can be read"));
            Assert.Equal(
                """{"@timestamp":"1970-01-01T00:00:05.000000000Z","event.original_timestamp":"yesterday","padding":"so that blocks can be read"}""",
                Transcode(Pack.Array(Pack.Time(5), record)));
        }
    }

    private static string Transcode(byte[] @event)
    {
        var reader = new MessagePackReader(@event);
        var document = new JsonBuffer(1024);
        new JsonTranscoder().WriteDocument(@event, ref reader, EventHead.Read(ref reader), document);
        return Encoding.UTF8.GetString(document.Written);
    }
}
