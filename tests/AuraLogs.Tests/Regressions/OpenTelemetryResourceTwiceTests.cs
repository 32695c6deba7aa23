using System.Text.Json;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.MessagePack;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A resource with an attribute that is there twice made a document with a field twice, which Elasticsearch refuses: every record of the group became a
/// dead letter. And the name of a label of more than 65,535 bytes was written with a wrong length, which made all of its entry unreadable.
/// </summary>
public sealed class OpenTelemetryResourceTwiceTests
{
    [Fact]
    public void The_last_of_two_attributes_with_one_name_wins()
    {
        byte[] attributes = Pack.Map(
            Pack.Str("a"), Pack.Int(1), Pack.Str("a"), Pack.Int(2),
            Pack.Str("k8s.pod.name"), Pack.Str("first"), Pack.Str("k8s.pod.name"), Pack.Str("last"),
            Pack.Str("k8s.pod.label.x"), Pack.Int(1), Pack.Str("k8s.pod.labels.x"), Pack.Int(2));
        byte[] resource = Pack.Map(Pack.Str("schema"), Pack.Int(1), Pack.Str("attributes"), attributes, Pack.Str("schema"), Pack.Int(2));

        using var document = Write(resource);

        Assert.Equal(2, document.RootElement.GetProperty("resource").GetProperty("schema").GetInt32());
        Assert.Equal(2, document.RootElement.GetProperty("resource").GetProperty("a").GetInt32());
        Assert.Equal("last", document.RootElement.GetProperty("kubernetes").GetProperty("pod_name").GetString());
        Assert.Equal(2, document.RootElement.GetProperty("kubernetes").GetProperty("labels").GetProperty("x").GetInt32());
    }

    [Fact]
    public void The_name_of_a_label_may_be_long()
    {
        string name = new('x', 70_000);
        using var document = Write(Pack.Map(Pack.Str("attributes"), Pack.Map(Pack.Str($"k8s.pod.label.{name}"), Pack.Int(1))));
        Assert.Equal(1, document.RootElement.GetProperty("kubernetes").GetProperty("labels").GetProperty(name).GetInt32());
    }

    private static JsonDocument Write(byte[] resource)
    {
        byte[] marker = Pack.Array(Pack.Array(Pack.Time(uint.MaxValue), Pack.Map()), Pack.Map(Pack.Str("resource"), resource));
        var transcoder = new JsonTranscoder();
        transcoder.TakeGroup(GroupMarker.Begin, marker);
        return JsonDocument.Parse(JsonTranscoderTests.Transcode(Pack.Event(1_900_000_000), transcoder), new() { AllowDuplicateProperties = false });
    }
}
