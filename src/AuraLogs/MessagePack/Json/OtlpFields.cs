using System.Text;

namespace AuraLogs.MessagePack.Json;

/// <summary>
/// A record of OpenTelemetry as Fluent Bit forwards it, and the fields that it becomes:
/// <code>
/// [[-1, {"schema": "otlp", ...}], {"resource": {"attributes": {...}}, "scope": {...}}]           the group's marker
/// [[time, {"otlp": {"severity_text": ..., "trace_id": bin, "attributes": {...}, ...}}], record]  a record; a body that is no map is its "log"
///
/// severity_text, else the name of severity_number   level
/// severity_number, trace_flags and others           the same name
/// trace_id, span_id                                 the same name, in hexadecimal
/// observed_timestamp, nanoseconds                   the same name, as a time
/// attributes                                        attributes
/// the resource's k8s.* attributes                   kubernetes, under the names of Fluent Bit's filter
/// its other attributes                              resource
/// scope                                             scope
/// </code>
/// A field that the record has already is written as <c>otlp.NAME</c>. Sources: Fluent Bit's <c>flb_opentelemetry_logs.c</c> and
/// <see href="https://opentelemetry.io/docs/specs/otel/logs/data-model/"/>.
/// </summary>
internal sealed class OtlpFields
{
    private static readonly Dictionary<string, string> KubernetesNames = new(StringComparer.Ordinal)
    {
        ["k8s.namespace.name"] = "namespace_name",
        ["k8s.pod.name"] = "pod_name",
        ["k8s.pod.uid"] = "pod_id",
        ["k8s.container.name"] = "container_name",
        ["k8s.node.name"] = "host",
        ["container.id"] = "docker_id",
        ["container.image.name"] = "container_image",
    };

    private static readonly (string Prefix, string Field)[] KubernetesMaps =
        [("k8s.pod.label.", "labels"), ("k8s.pod.labels.", "labels"), ("k8s.pod.annotation.", "annotations"), ("k8s.pod.annotations.", "annotations")];

    /// <summary>The fields of the group that is open: name and JSON value.</summary>
    public List<(byte[] Name, byte[] Json)> Group { get; } = [];

    public bool HasGroup => Group.Count > 0;

    /// <summary>Whether metadata, whose count has been read, are those of a record of OpenTelemetry.</summary>
    public static bool Is(MessagePackReader metadata)
    {
        const byte Otlp = MessagePackFormat.FixStr | 4;
        return metadata.Rest.Length > 5 && metadata.Peek() == Otlp && metadata.Rest.Slice(1, 4).SequenceEqual("otlp"u8) && MessagePackFormat.IsMap(metadata.Rest[5]);
    }

    /// <summary>The short name of a severity, by its number.</summary>
    public static ReadOnlySpan<byte> LevelOf(long severity) => severity switch
    {
        >= 1 and <= 4 => "TRACE"u8,
        >= 5 and <= 8 => "DEBUG"u8,
        >= 9 and <= 12 => "INFO"u8,
        >= 13 and <= 16 => "WARN"u8,
        >= 17 and <= 20 => "ERROR"u8,
        >= 21 and <= 24 => "FATAL"u8,
        _ => default,
    };

    /// <summary>Where an attribute of the resource goes: a field of <c>kubernetes</c>, a field of a map in it, or <c>resource</c> (nulls).</summary>
    public static (string? Map, string? Field) KubernetesField(ReadOnlySpan<byte> attribute)
    {
        string name = Encoding.UTF8.GetString(attribute);
        if (KubernetesNames.TryGetValue(name, out string? field))
            return (null, field);
        foreach (var (prefix, map) in KubernetesMaps)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal))
                return (map, name[prefix.Length..]);
        }

        return (null, null);
    }
}
