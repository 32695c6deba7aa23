using System.Text.RegularExpressions;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Indexing.Conflicts;

/// <summary>
/// What Elasticsearch says of the field that keeps a document out of an index. There is nothing but the sentence for people to read it
/// from; the sentences are those of 7.4 to 9.x, as recorded of a 7.6.0 and as <c>DocumentParser</c>, <c>MapperService</c>,
/// <c>DotExpandingXContentParser</c> and Lucene's <c>IndexingChain</c> of later versions write them. Since 8.8 a place (<c>[1:92] </c>)
/// stands before, and <c>failed to parse: </c> where 7.x has a <c>caused_by</c>. Only the start of a sentence counts, for what follows
/// may quote the document.
/// </summary>
/// <param name="Kind">What does not fit.</param>
/// <param name="Path">The field, as in <c>user.name</c>; empty where the sentence names none.</param>
/// <param name="MappedAs">What the index has the field as, as in <c>text</c> or <c>object</c>; empty where the sentence does not say.</param>
internal readonly partial record struct FieldConflict(ConflictKind Kind, string Path, string MappedAs)
{
    private static readonly (ConflictKind Kind, Regex Sentence)[] Sentences =
    [
        (ConflictKind.Type, ObjectExpected()),
        (ConflictKind.Type, ValueRefused()),
        (ConflictKind.Type, ParentIsValue()),
        (ConflictKind.Type, MappingsDiffer()),
        (ConflictKind.Type, TermTooLong()),
        (ConflictKind.Depth, TooDeep()),
        (ConflictKind.FieldLimit, TooManyFields()),
        (ConflictKind.Name, NameReserved()),
        (ConflictKind.Name, NameInvalid()),
    ];

    /// <returns>Null when the error is about something else than a field, or does not say so in words that are known.</returns>
    public static FieldConflict? Find(ElasticsearchError error) =>
        error.Type is "mapper_parsing_exception" or "document_parsing_exception" or "illegal_argument_exception"
            ? Find(error.Reason) ?? Find(error.Cause)
            : null;

    private static FieldConflict? Find(string text)
    {
        text = Place().Replace(text, "");
        foreach (var (kind, sentence) in Sentences)
        {
            if (sentence.Match(text) is { Success: true } match)
                return new FieldConflict(kind, PathOf(match), MappedAsOf(sentence, match));
        }

        return null;
    }

    /// <summary>
    /// A name with dots in it is given as it stands in its object, without the path to that; the path of the value that stands in its way
    /// is whole, and ends with the first parts of the name.
    /// </summary>
    private static string PathOf(Match match)
    {
        var path = match.Groups["path"].Value;
        if (match.Groups["value"] is not { Success: true, Value: var value })
            return path;
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            var parts = path[..dot];
            if (value == parts || value.EndsWith($".{parts}", StringComparison.Ordinal))
                return value + path[dot..];
        }

        return path;
    }

    private static string MappedAsOf(Regex sentence, Match match) => sentence == ObjectExpected() ? "object" : match.Groups["type"].Value;

    [GeneratedRegex(@"^(\[\d+:\d+\] )?(failed to parse: )?")]
    private static partial Regex Place();

    [GeneratedRegex(@"^object mapping for \[(?<path>.+?)\] tried to parse field \[", RegexOptions.Singleline)]
    private static partial Regex ObjectExpected();

    [GeneratedRegex(@"^failed to parse field \[(?<path>.+?)\] of type \[(?<type>[a-z_]+)\]", RegexOptions.Singleline)]
    private static partial Regex ValueRefused();

    [GeneratedRegex(@"^Could not dynamically add mapping for field \[(?<path>.+?)\]\. Existing mapping for \[(?<value>.+?)\] must be of type object but found \[(?<type>[a-z_]+)\]", RegexOptions.Singleline)]
    private static partial Regex ParentIsValue();

    [GeneratedRegex(@"^(mapper \[(?<path>.+?)\] (cannot be changed from type \[(?<type>[a-z_]+)\]|of different type)|can't merge a non[- ]?(object|nested) mapping \[(?<path>.+?)\] with )", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex MappingsDiffer();

    [GeneratedRegex(@"^(Document contains at least one immense term in field=""(?<path>.+?)""|Flattened field \[(?<path>.+?)\] contains one immense )", RegexOptions.Singleline)]
    private static partial Regex TermTooLong();

    [GeneratedRegex(@"^Limit of mapping depth \[\d+\] .*?due to object field \[(?<path>.+?)\]", RegexOptions.Singleline)]
    private static partial Regex TooDeep();

    [GeneratedRegex(@"^Limit of total fields \[\d+\] ")]
    private static partial Regex TooManyFields();

    [GeneratedRegex(@"^(Field \[(?<path>.+?)\] is a metadata field and cannot be added inside a document|Cannot generate dynamic mappings of type \[.+?\] for \[(?<path>.+?)\])", RegexOptions.Singleline)]
    private static partial Regex NameReserved();

    [GeneratedRegex(@"^(object )?field (name )?(cannot be an empty string|cannot contain only|starting or ending with a \[\.\] makes object resolution ambiguous)")]
    private static partial Regex NameInvalid();
}
