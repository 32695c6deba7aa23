using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Marks in a document's fields what the query looked for.</summary>
internal static class Highlighter
{
    private const int DefaultFragmentSize = 100;
    private const int DefaultFragments = 5;

    public static JsonObject Highlight(JsonObject highlight, Query query, SearchContext context, StoredDocument document)
    {
        HighlightTerms terms = new();
        (highlight["highlight_query"] is { } own ? new QueryParser(new ElasticsearchVersion(8, 0, 0)).Parse(own) : query).Highlight(terms);
        JsonObject marked = [];
        foreach ((string pattern, JsonNode? options) in highlight["fields"] as JsonObject ?? [])
        {
            foreach (FieldMapping field in context.Mapping.Fields)
            {
                if (!Wildcard.IsMatch(pattern, field.Path) || field.Family is not (FieldFamily.Text or FieldFamily.Keyword))
                    continue;
                JsonArray fragments = [];
                foreach (string value in SourceValues.Texts(document.Source, field.SourcePath))
                    foreach (string fragment in Fragments(value, field, terms, highlight, options as JsonObject ?? []))
                        fragments.Add(fragment);
                if (fragments.Count > 0)
                    marked[field.Path] = fragments;
            }
        }

        return marked;
    }

    private static IEnumerable<string> Fragments(string value, FieldMapping field, HighlightTerms terms, JsonObject highlight, JsonObject options)
    {
        string pre = Json.Strings(options["pre_tags"] ?? highlight["pre_tags"]).FirstOrDefault() ?? "<em>";
        string post = Json.Strings(options["post_tags"] ?? highlight["post_tags"]).FirstOrDefault() ?? "</em>";
        bool anyField = Json.Flag(options["require_field_match"] ?? highlight["require_field_match"]) == false;
        int size = (options["fragment_size"] ?? highlight["fragment_size"])?.GetValue<int>() ?? DefaultFragmentSize;
        int count = (options["number_of_fragments"] ?? highlight["number_of_fragments"])?.GetValue<int>() ?? DefaultFragments;
        if (field.Family == FieldFamily.Keyword)
            return value.Length <= field.IgnoreAbove && terms.Matches(field.Path, value, anyField) ? [pre + value + post] : [];

        List<(int Start, int Length)> words = [];
        StandardTokenizer tokenizer = new(value.ToLowerInvariant());
        while (tokenizer.MoveNext())
            if (terms.Matches(field.Path, tokenizer.Current.ToString(), anyField))
                words.Add((tokenizer.Start, tokenizer.Length));
        if (words.Count == 0)
            return [];
        return count == 0 || value.Length <= size
            ? [Mark(value, 0, value.Length, words, pre, post)]
            : Cut(value, words, size, count).Select(range => Mark(value, range.From, range.To, words, pre, post));
    }

    /// <summary>Pieces around the words, cut at spaces.</summary>
    private static List<(int From, int To)> Cut(string value, List<(int Start, int Length)> words, int size, int count)
    {
        List<(int From, int To)> ranges = [];
        foreach ((int start, int length) in words)
        {
            if (ranges.Count > 0 && start + length <= ranges[^1].To)
                continue;
            if (ranges.Count == count)
                break;
            int from = Math.Max(ranges.Count > 0 ? ranges[^1].To : 0, start - (size / 3));
            while (from > 0 && from < start && !char.IsWhiteSpace(value[from - 1]))
                from++;
            int to = Math.Min(value.Length, Math.Max(from + size, start + length));
            while (to < value.Length && to > start + length && !char.IsWhiteSpace(value[to]))
                to--;
            ranges.Add((from, to));
        }

        return ranges;
    }

    private static string Mark(string value, int from, int to, List<(int Start, int Length)> words, string pre, string post)
    {
        StringBuilder text = new();
        int at = from;
        foreach ((int start, int length) in words)
        {
            if (start < from || start + length > to)
                continue;
            text.Append(value, at, start - at).Append(pre).Append(value, start, length).Append(post);
            at = start + length;
        }

        return text.Append(value, at, to - at).ToString();
    }
}
