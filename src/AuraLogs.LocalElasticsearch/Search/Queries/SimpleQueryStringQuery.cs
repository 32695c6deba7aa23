using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>
/// <c>simple_query_string</c>: <c>+ | - "phrase" prefix* ( )</c>, and never an error: it is put into the grammar of
/// <c>query_string</c>, and what does not parse is looked for as plain words.
/// </summary>
internal sealed class SimpleQueryStringQuery(string text) : Query
{
    public List<string> Fields { get; init; } = [];

    public bool DefaultIsAnd { get; init; }

    private Query Inner => field ??= Build();

    public override DocSet Match(SearchContext context, ScoreBoard? scores) => Inner.Match(context, scores);

    public override void Highlight(HighlightTerms terms) => Inner.Highlight(terms);

    private Query Build()
    {
        string translated = text.Replace(":", "\\:", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal)
            .Replace("|", " OR ", StringComparison.Ordinal).Replace("+", DefaultIsAnd ? " " : " AND ", StringComparison.Ordinal);
        QueryStringQuery settings = new(translated) { Fields = Fields, DefaultIsAnd = DefaultIsAnd, IsLenient = true };
        try
        {
            return new QueryStringParser(translated, settings).Parse();
        }
        catch (Rest.ElasticsearchException)
        {
            return new MultiMatchQuery(text) { Fields = Fields, NeedsAll = DefaultIsAnd, IsLenient = true };
        }
    }
}
