using AuraLogs.MessagePack.Json;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.MessagePack;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A document gets more fields than the head of its record says: those of OpenTelemetry's metadata. When the record alone was large, the table of its keys
/// was made for the record's, and the metadata's filled it: whoever looked for a free place in it never came back, and nothing was indexed any more.
/// </summary>
public sealed class FieldsBeyondTheHeadTests
{
    /// <summary>The longest that a passing test waits is no time at all; one that fails must end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(70, 1000)]
    [InlineData(5, 1000)]
    [InlineData(64, 1)]
    [InlineData(65, 200_000)]
    public async Task All_fields_are_written_however_many_the_metadata_adds(int own, int added)
    {
        var record = Map(own, "own", twice: 0);
        var metadata = Pack.Map(Pack.Str("otlp"), Map(added, "added", twice: Math.Min(3, added)));
        byte[] events = Pack.Array(Pack.Array(Pack.Time(1_900_000_000), metadata), record);

        var json = await Task.Run(() => JsonTranscoderTests.Transcode(events)).WaitAsync(Patience);

        using var document = System.Text.Json.JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
        Assert.Equal(1 + own + added, document.RootElement.EnumerateObject().Count() - Math.Min(3, added));
        Assert.Equal(own - 1, document.RootElement.GetProperty($"own{own - 1}").GetInt32());
        Assert.Equal(added - 1, document.RootElement.GetProperty($"added{added - 1}").GetInt32());
    }

    [Fact]
    public void Keys_that_are_found_again_are_found_in_a_table_that_has_grown()
    {
        var keys = new JsonKeys();
        using var buffer = new JsonBuffer(1024);
        var frame = keys.Begin(1);
        for (int number = 0; number < 5000; number++)
        {
            int start = buffer.Position;
            buffer.Write(System.Text.Encoding.UTF8.GetBytes($"\"a\\\"{number % 2500}\":"));
            Assert.Equal(number >= 2500, keys.Contains(frame, start, buffer));
            keys.Add(ref frame, start, JsonKeys.Fingerprint(buffer, start), buffer);
            buffer.Write("1,"u8);
        }

        keys.End(ref frame, buffer);
        buffer.Bytes[buffer.Position - 1] = (byte)'}';
        using var json = System.Text.Json.JsonDocument.Parse($"{{{System.Text.Encoding.UTF8.GetString(buffer.Written)}", new() { AllowDuplicateProperties = false });
        Assert.Equal(2500, json.RootElement.EnumerateObject().Count());
    }

    /// <param name="count">How many names.</param>
    /// <param name="name">What they begin with.</param>
    /// <param name="twice">How many of them are there twice; the second is written as <c>otlp.NAME</c>.</param>
    private static byte[] Map(int count, string name, int twice)
    {
        int pairs = count + twice;
        var values = Enumerable.Range(0, count).Concat(Enumerable.Range(0, twice)).SelectMany(number => Pack.Concat(Pack.Str($"{name}{number}"), Pack.Int(number)));
        return [0xdf, (byte)(pairs >> 24), (byte)(pairs >> 16), (byte)(pairs >> 8), (byte)pairs, .. values];
    }
}
