using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Bytes of JSON inside a node tree that are written as they are.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(byte[] Bytes)
{
    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("raw JSON is only written");

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Bytes, skipInputValidation: true);
    }
}
