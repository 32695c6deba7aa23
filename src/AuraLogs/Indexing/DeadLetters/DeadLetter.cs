using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.DeadLetters;

/// <summary>A dead letter as it is stored in the cluster; <see cref="DeadLetterWriter"/> has the format.</summary>
/// <param name="Home">The index that it is stored in.</param>
/// <param name="Id">Its id there, and its document's.</param>
/// <param name="Time">When the document was refused, ISO 8601.</param>
/// <param name="Index">Where the document belongs.</param>
/// <param name="Tag">As the sender tagged it.</param>
/// <param name="ErrorType">As in <c>mapper_parsing_exception</c>.</param>
/// <param name="ErrorReason">What Elasticsearch said.</param>
/// <param name="Document">The document's JSON.</param>
internal sealed record DeadLetter(
    string Home, string Id, string Time, string Index, string Tag, string ErrorType, string ErrorReason, string Document)
{
    public static DeadLetter FromHit(JsonNode? hit)
    {
        var source = hit.At("_source");
        return new DeadLetter(
            Text(hit, "_index"), Text(hit, "_id"), Text(source, "@timestamp"), Text(source, "index"), Text(source, "tag"),
            Text(source.At("error"), "type"), Text(source.At("error"), "reason"), Text(source, "document"));
    }

    private static string Text(JsonNode? node, string name) => node.At(name).Text() ?? "";
}
