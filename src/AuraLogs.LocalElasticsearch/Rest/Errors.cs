using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>The refusals that more than one API gives.</summary>
internal static class Errors
{
    public static ElasticsearchException IllegalArgument(string reason, ElasticsearchException? cause = null) =>
        new(400, "illegal_argument_exception", reason) { CausedBy = cause };

    public static ElasticsearchException Parse(string reason) => new(400, "parse_exception", reason);

    public static ElasticsearchException Parsing(string reason) =>
        new(400, "parsing_exception", reason) { Details = new JsonObject { ["line"] = 1, ["col"] = 1 } };

    /// <summary>What the real one can and this one can't: refused by name, never passed over.</summary>
    public static ElasticsearchException NotSupported(string what) => IllegalArgument($"[{what}] is not supported by the local Elasticsearch");

    public static ElasticsearchException UnknownQuery(string name) => Parsing($"unknown query [{name}]");

    /// <summary>Several mistakes in one request: <c>Validation Failed: 1: ...;2: ...;</c>.</summary>
    public static ElasticsearchException Validation(params IEnumerable<string> mistakes) =>
        new(400, "action_request_validation_exception",
            "Validation Failed: " + string.Concat(mistakes.Select((mistake, i) => $"{i + 1}: {mistake};")));

    public static ElasticsearchException NotFound(string reason) => new(404, "resource_not_found_exception", reason);

    public static ElasticsearchException IndexNotFound(string name) =>
        new(404, "index_not_found_exception", $"no such index [{name}]")
        {
            Details = new JsonObject
            {
                ["resource.type"] = "index_or_alias",
                ["resource.id"] = name,
                ["index_uuid"] = "_na_",
                ["index"] = name,
            },
        };

    public static ElasticsearchException InvalidIndexName(string name, string reason) =>
        new(400, "invalid_index_name_exception", $"Invalid index name [{name}], {reason}")
        {
            Details = new JsonObject { ["index_uuid"] = "_na_", ["index"] = name },
        };

    public static ElasticsearchException IndexClosed(string name, string uuid) =>
        new(400, "index_closed_exception", "closed") { Details = new JsonObject { ["index_uuid"] = uuid, ["index"] = name } };

    /// <summary>Broken JSON in a body; the position texts of the real one name Java classes and are not imitated.</summary>
    public static ElasticsearchException BrokenJson(string reason, bool endOfInput) =>
        new(400, endOfInput ? "json_e_o_f_exception" : "json_parse_exception", reason);
}
