using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>
/// A refusal as Elasticsearch words it: status, type, reason, details, causes. Its JSON is
/// <c>{"error":{"root_cause":[{...}],"type","reason",...,"caused_by"?},"status"}</c>.
/// </summary>
internal sealed class ElasticsearchException(int status, string type, string reason) : Exception(reason)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    /// <summary>What stands between the reason and the cause, for instance <c>index</c> and <c>index_uuid</c>.</summary>
    public JsonObject Details { get; init; } = [];

    public ElasticsearchException? CausedBy { get; init; }

    /// <summary>The exceptions reported as root causes; this one when nothing else is said.</summary>
    public IReadOnlyList<ElasticsearchException>? RootCauses { get; init; }

    /// <summary>Answers 405 and 406 carry the reason alone, as a string.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Header <c>Allow</c> of a 405.</summary>
    public string? Allow { get; init; }

    /// <summary><c>{"type","reason",...,"caused_by"}</c>, as in a bulk item.</summary>
    public JsonObject ToError()
    {
        JsonObject error = Describe();
        if (CausedBy is not null)
            error["caused_by"] = CausedBy.ToError();
        return error;
    }

    /// <summary>The body of the answer.</summary>
    public JsonObject ToBody()
    {
        if (IsPlain)
            return new JsonObject { ["error"] = Message, ["status"] = Status };
        JsonArray roots = [];
        foreach (ElasticsearchException root in RootCauses ?? [this])
            roots.Add(root.Describe());
        JsonObject error = new() { ["root_cause"] = roots };
        foreach (KeyValuePair<string, JsonNode?> member in ToError())
            error[member.Key] = member.Value?.DeepClone();
        return new JsonObject { ["error"] = error, ["status"] = Status };
    }

    private JsonObject Describe()
    {
        JsonObject error = new() { ["type"] = Type, ["reason"] = Message };
        foreach (KeyValuePair<string, JsonNode?> detail in Details)
            error[detail.Key] = detail.Value?.DeepClone();
        return error;
    }
}
