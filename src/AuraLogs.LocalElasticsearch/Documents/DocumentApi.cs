using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search;
using AuraLogs.LocalElasticsearch.Storage;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary><c>_bulk</c>, and documents one at a time.</summary>
internal sealed class DocumentApi(DocumentWriter writer, IndexCatalog catalog, IndexExpressions expressions, ElasticsearchVersion version)
{
    private const string WriteParameters = "refresh timeout routing wait_for_active_shards pipeline if_seq_no if_primary_term version version_type op_type"
        + " require_alias retry_on_conflict _source _source_includes _source_excludes parent lang";

    public void Register(Router router)
    {
        string bulkParameters = "refresh timeout pipeline routing wait_for_active_shards _source _source_includes _source_excludes type"
            + (version.HasPointInTime ? " require_alias list_executed_pipelines" : "")
            + (version.HasIncludeSourceOnError ? " include_source_on_error" : "");
        router.Add("POST|PUT", "/_bulk /{index}/_bulk", bulkParameters, Bulk, Lane.Write);
        router.Add("PUT|POST", "/{index}/_create/{id}", WriteParameters, request => Write(request, WriteAction.Create), Lane.Write);
        router.Add("PUT|POST", "/{index}/_doc/{id}", WriteParameters, request => Write(request, OperationType(request)), Lane.Write);
        router.Add("POST", "/{index}/_doc", WriteParameters, request => Write(request, OperationType(request)), Lane.Write);
        router.Add("POST", "/{index}/_update/{id}", WriteParameters, request => Write(request, WriteAction.Update), Lane.Write);
        router.Add("DELETE", "/{index}/_doc/{id}", WriteParameters, request => Write(request, WriteAction.Delete), Lane.Write);
        router.Add("GET", "/{index}/_doc/{id}",
            "realtime refresh routing preference stored_fields version version_type _source _source_includes _source_excludes", Get);
        router.Add("GET", "/{index}/_source/{id}", "realtime refresh routing preference _source _source_includes _source_excludes", GetSource);
        router.Add("GET|POST", "/_mget /{index}/_mget", "realtime refresh routing preference _source _source_includes _source_excludes stored_fields",
            MultiGet, Lane.Search);
        if (!version.HasTypes)
            return;
        router.Add("POST", "/{index}/{type}", WriteParameters, request => Write(request, OperationType(request)), Lane.Write);
        router.Add("PUT|POST", "/{index}/{type}/{id}", WriteParameters, request => Write(request, OperationType(request)), Lane.Write);
    }

    private RestResponse Bulk(RestRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        bool forced = IsForced(request);
        BulkRequestParser parser = new(version, request["index"], request["pipeline"], request.Flag("require_alias"));
        List<WriteOperation> operations = parser.Parse(request.Body);
        if (parser.NamedType)
            request.Warnings.Add("[types removal] Specifying types in bulk requests is deprecated.");
        WriteResult[] results = writer.Write(operations, ActiveShards(request));

        return new BulkAnswer(request["filter_path"], version.HasTypes, forced)
            .Write(operations, results, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private RestResponse Write(RestRequest request, WriteAction action)
    {
        bool forced = IsForced(request);
        if (action != WriteAction.Delete && request.Body.Span.Trim(" \r\n\t"u8).IsEmpty)
            throw Errors.Parse("request body is required");
        WriteOperation operation = new()
        {
            Action = action,
            Index = request["index"],
            Id = request["id"],
            Type = request["type"],
            Source = request.Body,
            Pipeline = request["pipeline"] is "_none" ? null : request["pipeline"],
            IfSeqNo = request.Number("if_seq_no"),
            IfPrimaryTerm = request.Number("if_primary_term"),
            Version = request.Number("version"),
            IsVersionExternal = request["version_type"] is "external" or "external_gte",
            RequiresAlias = request.Flag("require_alias"),
        };
        WriteResult result = writer.Write([operation], ActiveShards(request))[0];
        if (result.Error is not null)
            throw result.Error;
        return new RestResponse
        {
            Status = result.Status,
            Json = result.ToJson(version.HasTypes, forced),
            Location = result.Status == 201 ? $"/{result.Index}/_doc/{Uri.EscapeDataString(result.Id!)}" : null,
        };
    }

    private RestResponse Get(RestRequest request)
    {
        JsonObject json = Fetch(request.Required("index"), request.Required("id"), SourceFilter.From(request));
        return new RestResponse { Status = json["found"]!.GetValue<bool>() ? 200 : 404, Json = json };
    }

    private RestResponse GetSource(RestRequest request)
    {
        JsonObject json = Fetch(request.Required("index"), request.Required("id"), SourceFilter.From(request));
        if (!json.ContainsKey("_source"))
            throw Errors.NotFound($"Document not found [{request["index"]}]/_doc/[{request["id"]}]");
        JsonNode source = json["_source"]!;
        json.Remove("_source");
        return source;
    }

    private RestResponse MultiGet(RestRequest request)
    {
        JsonObject body = request.RequiredBody();
        SourceFilter everywhere = SourceFilter.From(request);
        JsonArray docs = [];
        foreach (string id in Json.Strings(body["ids"]))
            docs.Add(FetchLeniently(request["index"], id, everywhere));
        foreach (JsonNode? item in body["docs"] as JsonArray ?? [])
        {
            SourceFilter filter = item!["_source"] is { } own ? SourceFilter.From(own) : everywhere;
            docs.Add(FetchLeniently(Json.Scalar(item["_index"]) ?? request["index"], Json.Scalar(item["_id"]) ?? "", filter));
        }

        return docs.Count == 0 ? throw Errors.Validation("no documents to get") : new JsonObject { ["docs"] = docs };
    }

    private JsonObject FetchLeniently(string? index, string id, SourceFilter filter)
    {
        try
        {
            return Fetch(index ?? throw Errors.Validation("index is missing"), id, filter);
        }
        catch (ElasticsearchException e) when (e.Status == 404)
        {
            JsonObject json = Header(index!, id);
            JsonObject body = e.ToBody();
            json["error"] = body["error"]!.DeepClone();
            return json;
        }
    }

    private JsonObject Fetch(string name, string id, SourceFilter filter)
    {
        List<LocalIndex> named = expressions.Resolve(name, false, true, closedToo: false);
        LocalIndex index = named.Count == 1 ? named[0] : catalog.Get(name);
        StoredDocument? document;
        lock (index.Shard.Gate)
        {
            index.CheckOpen();
            IndexBlocks.CheckRead(index);
            document = index.Shard.Get(id);
        }

        JsonObject json = Header(index.Name, id);
        if (document is not null)
        {
            json["_version"] = document.Version;
            json["_seq_no"] = document.Number;
            json["_primary_term"] = index.PrimaryTerm;
        }

        json["found"] = document is not null;
        if (document is not null && filter.Apply(document.Source) is { } source)
            json["_source"] = source;
        return json;
    }

    private JsonObject Header(string index, string id)
    {
        JsonObject json = new() { ["_index"] = index };
        if (version.HasTypes)
            json["_type"] = "_doc";
        json["_id"] = id;
        return json;
    }

    private static bool IsForced(RestRequest request) => request["refresh"] switch
    {
        null or "false" or "wait_for" => false,
        "" or "true" => true,
        string other => throw Errors.IllegalArgument($"Unknown value for refresh: [{other}]."),
    };

    /// <summary>How many copies have to be there; the one that is there is all there are.</summary>
    private static int ActiveShards(RestRequest request) => request["wait_for_active_shards"] is "all" ? 1 : request.Number("wait_for_active_shards") ?? 1;

    private static WriteAction OperationType(RestRequest request) => request["op_type"] is "create" ? WriteAction.Create : WriteAction.Index;
}
