using System.Text.Json;
using AuraLogs.Indexing.Documents;

namespace AuraLogs.Indexing.Judging;

/// <summary>
/// One item of a request, as <see cref="BulkAction"/> and the transcoder write it: a line with the action, a line with the document.
/// <code>
/// {"create":{"_index":"aura-services-2026.11.22","_id":"..."}}
/// {"@timestamp":"2026-11-22T08:00:00.000000000Z",...}
/// </code>
/// </summary>
internal static class BulkItem
{
    /// <summary>Where it is to be created.</summary>
    public static (string Index, string Id) Target(ReadOnlySpan<byte> item)
    {
        var reader = new Utf8JsonReader(item[..item.IndexOf((byte)'\n')]);
        var target = JsonElement.ParseValue(ref reader).GetProperty("create"u8);
        return (target.GetProperty("_index"u8).GetString()!, target.GetProperty("_id"u8).GetString()!);
    }

    /// <summary>The action line, with its newline.</summary>
    public static ReadOnlySpan<byte> Action(ReadOnlySpan<byte> item) => item[..(item.IndexOf((byte)'\n') + 1)];

    /// <summary>The document, without the newline behind it.</summary>
    public static ReadOnlySpan<byte> Document(ReadOnlySpan<byte> item) => item[(item.IndexOf((byte)'\n') + 1)..^1];
}
