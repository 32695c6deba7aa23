using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary><c>query_string</c>, and the parameter <c>q</c>: Lucene's query language, parsed by <see cref="QueryStringParser"/>.</summary>
internal sealed class QueryStringQuery : Query
{
    private readonly string _text;

    public QueryStringQuery(string text) => _text = text;

    /// <summary>The fields of terms that name none; all when empty.</summary>
    public List<string> Fields { get; init; } = [];

    public bool DefaultIsAnd { get; init; }

    public bool? IsLenient { get; init; }

    public string? TimeZone { get; init; }

    private Query Parsed => field ??= new QueryStringParser(_text, this).Parse();

    public override DocSet Match(SearchContext context, ScoreBoard? scores) => Parsed.Match(context, scores);

    public override void Highlight(HighlightTerms terms) => Parsed.Highlight(terms);

    /// <summary>A query on a field, or on the default fields when none is named.</summary>
    public Query OnFields(string? named, Func<string, bool, Query> make) => new OnFieldsQuery(this, named, make);

    private sealed class OnFieldsQuery(QueryStringQuery owner, string? named, Func<string, bool, Query> make) : Query
    {
        public override DocSet Match(SearchContext context, ScoreBoard? scores)
        {
            List<string> patterns = named is null ? owner.Fields : [named];
            bool isLenient = owner.IsLenient ?? (patterns.Count == 0 || patterns.Exists(Indices.Wildcard.IsPattern));
            DocSet docs = context.None();
            foreach (string field in AllFields.Expand(context.Mapping, patterns))
                docs.UnionWith(make(field, isLenient).Match(context, scores));
            return docs;
        }

        public override void Highlight(HighlightTerms terms)
        {
            foreach (string field in named is not null ? [named] : owner.Fields.Count > 0 ? owner.Fields : ["*"])
                make(field, true).Highlight(terms);
        }
    }
}
