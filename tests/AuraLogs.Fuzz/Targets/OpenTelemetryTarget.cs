namespace AuraLogs.Fuzz.Targets;

/// <summary>As <see cref="DocumentTarget"/>, beginning with records of OpenTelemetry and their groups.</summary>
internal sealed class OpenTelemetryTarget : DocumentTarget
{
    public override string Name => "opentelemetry";

    public override IEnumerable<byte[]> Seeds()
    {
        var attributes = Packed.Map(
            Packed.Str("k8s.pod.name"), Packed.Str("pod-1"), Packed.Str("k8s.pod.label.app"), Packed.Str("shop"), Packed.Str("service.name"), Packed.Str("shop"));
        var resource = Packed.Map(Packed.Str("attributes"), attributes, Packed.Str("schema_url"), Packed.Str("u"));
        var begin = Packed.Array(
            Packed.Array(Packed.Time(uint.MaxValue, 0), Packed.Map(Packed.Str("schema"), Packed.Str("otlp"))),
            Packed.Map(Packed.Str("resource"), resource, Packed.Str("scope"), Packed.Map(Packed.Str("name"), Packed.Str("lib"))));
        var end = Packed.Array(Packed.Array(Packed.Time(uint.MaxValue - 1, 0), Packed.Map()), Packed.Map());
        var otlp = Packed.Map(Packed.Str("otlp"), Packed.Map(
            Packed.Str("severity_number"), [9], Packed.Str("trace_id"), [0xc4, 2, 0xab, 0xcd],
            Packed.Str("observed_timestamp"), [0xcf, 0x18, 0x7b, 0, 0, 0, 0, 0, 1], Packed.Str("attributes"), Packed.Map(Packed.Str("a"), [1])));
        var record = Packed.Array(Packed.Array(Packed.Time(5, 6), otlp), Packed.Map(Packed.Str("log"), Packed.Str("body")));
        yield return Packed.Concat(begin, record, end);
        yield return Packed.Concat(begin, record, Packed.Event("plain in a group"));
        yield return record;
        yield return Packed.Array(
            Packed.Array(Packed.Time(5, 6), Packed.Map(Packed.Str("otlp"), Packed.Map(Packed.Str("severity_text"), Packed.Str("Warn"), Packed.Str("body"), Packed.Nil))),
            Packed.Map(Packed.Str("level"), Packed.Str("own")));
    }
}
