using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Conflicts;

namespace AuraLogs.Tests.Indexing.Conflicts;

/// <summary>The sentences are those of a recorded 7.6.0 and a real 7.10.2, and of later versions as their source and users' reports have them.</summary>
public sealed class FieldConflictTests
{
    [Theory]
    [InlineData("mapper_parsing_exception", "object mapping for [labels] tried to parse field [labels] as object, but found a concrete value", "", "Type", "labels", "object")]
    [InlineData("document_parsing_exception", "[1:92] object mapping for [kubernetes.labels.app] tried to parse field [app] as object, but found a concrete value", "", "Type", "kubernetes.labels.app", "object")]
    [InlineData("mapper_parsing_exception", "failed to parse field [message] of type [text] in document with id 'a8'. Preview of field's value: '{nested=object where text is mapped}'", "Can't get text on a START_OBJECT at 1:92", "Type", "message", "text")]
    [InlineData("document_parsing_exception", "[1:2] failed to parse field [a.b] of type [long] in document with id 'x'. Preview of field's value: 'failed to parse field [n] of type [date]'", "", "Type", "a.b", "long")]
    [InlineData("mapper_parsing_exception", "Could not dynamically add mapping for field [message.sub]. Existing mapping for [message] must be of type object but found [text].", "", "Type", "message.sub", "text")]
    [InlineData("mapper_parsing_exception", "Could not dynamically add mapping for field [req.id.user]. Existing mapping for [id.req.id] must be of type object but found [text].", "", "Type", "id.req.id.user", "text")]
    [InlineData("mapper_parsing_exception", "Could not dynamically add mapping for field [http.status.code]. Existing mapping for [log.http] must be of type object but found [long].", "", "Type", "log.http.status.code", "long")]
    [InlineData("illegal_argument_exception", "mapper [user] cannot be changed from type [long] to [text]", "", "Type", "user", "long")]
    [InlineData("illegal_argument_exception", "mapper [user.id] of different type, current_type [text], merged_type [ObjectMapper]", "", "Type", "user.id", "")]
    [InlineData("illegal_argument_exception", "Can't merge a non object mapping [user] with an object mapping [user]", "", "Type", "user", "")]
    [InlineData("document_parsing_exception", "[1:9] failed to parse: can't merge a non object mapping [user] with an object mapping", "", "Type", "user", "")]
    [InlineData("illegal_argument_exception", "Document contains at least one immense term in field=\"service\" (whose UTF8 encoding is longer than the max length 32766), all of which were skipped.", "bytes can be at most 32766 in length; got 40000", "Type", "service", "")]
    [InlineData("illegal_argument_exception", "Limit of mapping depth [20] in index [aura-depth] has been exceeded due to object field [o.o.o]", "", "Depth", "o.o.o", "")]
    [InlineData("illegal_argument_exception", "Limit of mapping depth [20] has been exceeded due to object field [o.o.o]", "", "Depth", "o.o.o", "")]
    [InlineData("illegal_argument_exception", "Limit of total fields [5] in index [aura-limit] has been exceeded", "", "FieldLimit", "", "")]
    [InlineData("document_parsing_exception", "[1:325] failed to parse: Limit of total fields [20] has been exceeded while adding new fields [22]", "", "FieldLimit", "", "")]
    [InlineData("mapper_parsing_exception", "failed to parse", "Limit of total fields [1000] has been exceeded while adding new fields [5]", "FieldLimit", "", "")]
    [InlineData("mapper_parsing_exception", "failed to parse", "field name cannot be an empty string", "Name", "", "")]
    [InlineData("document_parsing_exception", "[1:5] field name cannot contain only whitespace: ['a. .b']", "", "Name", "", "")]
    [InlineData("mapper_parsing_exception", "failed to parse", "object field starting or ending with a [.] makes object resolution ambiguous: [a..b]", "Name", "", "")]
    [InlineData("document_parsing_exception", "[1:5] field name starting or ending with a [.] makes object resolution ambiguous: [.a]", "", "Name", "", "")]
    [InlineData("mapper_parsing_exception", "Field [_id] is a metadata field and cannot be added inside a document. Use the index API request parameters.", "", "Name", "_id", "")]
    [InlineData("mapper_parsing_exception", "Cannot generate dynamic mappings of type [_source] for [_source]", "", "Name", "_source", "")]
    public void The_field_is_read_from_the_sentence(string type, string reason, string cause, string kind, string path, string mappedAs) =>
        Assert.Equal(
            new FieldConflict(Enum.Parse<ConflictKind>(kind), path, mappedAs),
            FieldConflict.Find(new ElasticsearchError(type, reason, cause)));

    /// <summary>What a document says must not be taken for what Elasticsearch says.</summary>
    [Theory]
    [InlineData("mapper_parsing_exception", "failed to parse", "Duplicate field 'a'")]
    [InlineData("mapper_parsing_exception", "quoted: object mapping for [kubernetes] tried to parse field [kubernetes] as object", "")]
    [InlineData("strict_dynamic_mapping_exception", "mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed", "")]
    [InlineData("invalid_index_name_exception", "failed to parse field [n] of type [long]", "")]
    [InlineData("", "", "")]
    public void Anything_else_is_no_conflict(string type, string reason, string cause) =>
        Assert.Null(FieldConflict.Find(new ElasticsearchError(type, reason, cause)));
}
