using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>The verdict on one operation: what was done, or why not.</summary>
internal sealed record WriteResult(string Index, string? Id, int Status)
{
    public string Result { get; init; } = "";

    public long Version { get; init; }

    public int SeqNo { get; init; }

    public int PrimaryTerm { get; init; } = 1;

    public int Copies { get; init; } = 1;

    public ElasticsearchException? Error { get; init; }

    public static WriteResult Refused(string index, string? id, ElasticsearchException error) =>
        new(index, id, error.Status) { Error = error };

    /// <summary>The members of a bulk item or of a document API's answer, without its status.</summary>
    public JsonObject ToJson(bool hasTypes, bool forcedRefresh, string type = "_doc")
    {
        JsonObject json = new() { ["_index"] = Index };
        if (hasTypes)
            json["_type"] = type;
        json["_id"] = Id;
        if (Error is not null)
            return json;
        json["_version"] = Version;
        json["result"] = Result;
        if (forcedRefresh)
            json["forced_refresh"] = true;
        json["_shards"] = new JsonObject { ["total"] = Copies, ["successful"] = 1, ["failed"] = 0 };
        json["_seq_no"] = SeqNo;
        json["_primary_term"] = PrimaryTerm;
        return json;
    }
}
