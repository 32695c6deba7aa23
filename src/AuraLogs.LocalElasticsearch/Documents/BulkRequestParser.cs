using System.Text;
using System.Text.Json;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// The body of <c>_bulk</c>. One mistake in it refuses the whole request.
/// <code>
/// body   = *([CR] LF / action)
/// action = "{" name ":" metadata "}" LF [source LF]      no source after a delete
/// name   = "index" / "create" / "update" / "delete"
/// </code>
/// https://www.elastic.co/guide/en/elasticsearch/reference/current/docs-bulk.html
/// </summary>
internal sealed class BulkRequestParser(ElasticsearchVersion version, string? defaultIndex, string? defaultPipeline, bool requireAlias)
{
    private const int MaxIdBytes = 512;

    /// <summary>What an operation and its verdict take in memory does not depend on its length, so the number is bounded too.</summary>
    private const int MaxOperations = 100_000;

    private readonly List<WriteOperation> _operations = [];
    private readonly List<string> _mistakes = [];

    /// <summary>Whether an action line named a mapping type, which is deprecated.</summary>
    public bool NamedType { get; private set; }

    public List<WriteOperation> Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw Errors.Parse("request body is required");
        ReadOnlyMemory<byte> rest = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        for (int line = 1; !rest.IsEmpty; line++)
        {
            ReadOnlyMemory<byte> action = NextLine(ref rest);
            if (action.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            WriteOperation? operation = ParseAction(action.Span, line);
            if (operation?.Action == WriteAction.Delete)
            {
                Add(operation);
                continue;
            }

            line++;
            if (rest.IsEmpty)
                break;
            ReadOnlyMemory<byte> source = NextLine(ref rest);
            if (operation is null)
                continue;
            operation.Source = source.Span is [.., (byte)'\r'] ? source[..^1] : source;
            Add(operation);
        }

        if (_operations.Count == 0)
            _mistakes.Insert(0, "no requests added");
        return _mistakes.Count > 0 ? throw Errors.Validation(_mistakes) : _operations;
    }

    private static ReadOnlyMemory<byte> NextLine(ref ReadOnlyMemory<byte> rest)
    {
        int end = rest.Span.IndexOf((byte)'\n');
        if (end < 0)
            throw Errors.IllegalArgument("The bulk request must be terminated by a newline [\\n]");
        ReadOnlyMemory<byte> line = rest[..end];
        rest = rest[(end + 1)..];
        return line;
    }

    private void Add(WriteOperation operation)
    {
        if (_operations.Count == MaxOperations)
            throw new ElasticsearchException(413, "content_too_long_exception", $"a bulk request has at most [{MaxOperations}] operations");
        _operations.Add(operation);
        if (operation.Index is null)
            _mistakes.Add("index is missing");
        if (operation is { Id: null, Action: WriteAction.Update or WriteAction.Delete })
            _mistakes.Add("id is missing");
        if (operation.Id is { Length: > MaxIdBytes / 3 } id && Encoding.UTF8.GetByteCount(id) is > MaxIdBytes and int bytes)
            _mistakes.Add($"id [{id}] is too long, must be no longer than {MaxIdBytes} bytes but was: {bytes}");
    }

    private WriteOperation? ParseAction(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Errors.IllegalArgument($"Malformed action/metadata line [{number}], expected START_OBJECT but found [{NameOf(reader.TokenType)}]");
            reader.Read();
            if (reader.TokenType != JsonTokenType.PropertyName)
                throw Errors.IllegalArgument($"Malformed action/metadata line [{number}], expected FIELD_NAME but found [{NameOf(reader.TokenType)}]");
            string name = Json.GetText(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Errors.IllegalArgument($"Malformed action/metadata line [{number}], expected START_OBJECT but found [{NameOf(reader.TokenType)}]");
            WriteAction? action = name switch
            {
                "index" => WriteAction.Index,
                "create" => WriteAction.Create,
                "update" => WriteAction.Update,
                "delete" => WriteAction.Delete,
                _ => null,
            };
            if (action is null && !version.HasTypes)
            {
                throw Errors.IllegalArgument(
                    $"Malformed action/metadata line [{number}], expected field [create], [delete], [index] or [update] but found [{name}]");
            }

            WriteOperation? operation = action is null ? null : ParseMetadata(ref reader, action.Value, number);
            if (action is null)
                reader.Skip();
            while (reader.Read())
            {
            }

            return operation;
        }
        catch (JsonException e)
        {
            throw Errors.BrokenJson(e.Message, Json.IsEndOfInput(line));
        }
    }

    private WriteOperation ParseMetadata(ref Utf8JsonReader reader, WriteAction action, int number)
    {
        string? index = defaultIndex, id = null, type = null, pipeline = defaultPipeline;
        long? ifSeqNo = null, ifPrimaryTerm = null, externalVersion = null;
        bool isExternal = false, aliasOnly = requireAlias;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Json.GetText(ref reader);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && name is not ("dynamic_templates" or "_source"))
            {
                throw Errors.IllegalArgument(
                    $"Malformed action/metadata line [{number}], expected a simple value for field [{name}] but found [{NameOf(reader.TokenType)}]");
            }

            switch (name)
            {
                case "_index":
                    index = Scalar(ref reader);
                    break;
                case "_id":
                    id = Scalar(ref reader);
                    if (id is "")
                        throw Errors.IllegalArgument("if _id is specified it must not be empty");
                    break;
                case "_type" when version.HasTypes:
                    type = Scalar(ref reader);
                    NamedType = true;
                    break;
                case "pipeline":
                    pipeline = Scalar(ref reader);
                    break;
                case "if_seq_no":
                    ifSeqNo = reader.GetInt64();
                    break;
                case "if_primary_term":
                    ifPrimaryTerm = reader.GetInt64();
                    break;
                case "version" or "_version":
                    externalVersion = reader.GetInt64();
                    break;
                case "version_type" or "_version_type":
                    isExternal = Scalar(ref reader) is "external" or "external_gte";
                    break;
                case "require_alias" when version.HasPointInTime:
                    aliasOnly = reader.GetBoolean();
                    break;
                case "routing" or "_routing" or "retry_on_conflict" or "_retry_on_conflict" or "op_type":
                    break;
                case "dynamic_templates" or "_source" or "list_executed_pipelines" or "require_data_stream":
                    reader.Skip();
                    break;
                default:
                    throw Errors.IllegalArgument($"Action/metadata line [{number}] contains an unknown parameter [{name}]");
            }
        }

        return new WriteOperation
        {
            Action = action,
            Index = index,
            Id = id,
            Type = type,
            Pipeline = pipeline is "_none" ? null : pipeline,
            IfSeqNo = ifSeqNo,
            IfPrimaryTerm = ifPrimaryTerm,
            Version = externalVersion,
            IsVersionExternal = isExternal,
            RequiresAlias = aliasOnly,
        };
    }

    private static string? Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => Json.GetText(ref reader),
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private static string NameOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "START_ARRAY",
        JsonTokenType.StartObject => "START_OBJECT",
        JsonTokenType.EndObject => "END_OBJECT",
        JsonTokenType.String => "VALUE_STRING",
        JsonTokenType.Number => "VALUE_NUMBER",
        JsonTokenType.Null => "VALUE_NULL",
        _ => "VALUE_BOOLEAN",
    };
}
