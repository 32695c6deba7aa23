using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Queries;

/// <summary>
/// <c>match_phrase</c> and <c>match_phrase_prefix</c>: words in this order. The index finds the documents with all the words,
/// the documents themselves tell whether they stand together.
/// </summary>
internal sealed class PhraseQuery(string field, string text) : Query
{
    /// <summary>How many positions the words may be off together.</summary>
    public int Slop { get; init; }

    public bool LastIsPrefix { get; init; }

    public bool IsLenient { get; init; }

    public override DocSet Match(SearchContext context, ScoreBoard? scores)
    {
        if (context.Mapping.Resolve(field) is not { Field.Family: FieldFamily.Text } resolved)
        {
            return LastIsPrefix
                ? new PatternQuery(field, text, null) { Boost = Boost }.Match(context, scores)
                : new TermQuery(field, [text]) { IsLenient = IsLenient, Boost = Boost }.Match(context, scores);
        }

        List<string> words = FieldValues.Words(resolved.Field, text);
        if (words.Count == 0)
            return context.None();
        DocSet docs = context.All();
        for (int i = 0; i < words.Count; i++)
        {
            bool isPrefix = LastIsPrefix && i == words.Count - 1;
            DocSet one = isPrefix
                ? context.Union(resolved.Field.Id, Term.Value, words[i], null)
                : context.Postings(resolved.Field.Id, Term.Value, words[i]);
            scores?.AddTerm(one, context.Shard.Count, Boost);
            docs.IntersectWith(one);
        }

        return words.Count == 1 ? docs : Verify(context, resolved.Field, words, docs);
    }

    public override void Highlight(HighlightTerms terms) => new MatchQuery(field, text).Highlight(terms);

    private DocSet Verify(SearchContext context, FieldMapping mapping, List<string> words, DocSet candidates)
    {
        DocSet verified = context.None();
        foreach (int doc in candidates.Members())
        {
            if (context.Shard.Get(doc) is not { } document)
                continue;
            foreach (string value in SourceValues.Texts(document.Source, mapping.SourcePath))
            {
                if (!Contains(FieldValues.Words(mapping, value), words))
                    continue;
                verified.Add(doc);
                break;
            }
        }

        return verified;
    }

    private bool Contains(List<string> value, List<string> words)
    {
        for (int start = 0; start < value.Count; start++)
            if (Fits(value, words, start))
                return true;
        return false;
    }

    private bool Fits(List<string> value, List<string> words, int start)
    {
        int at = start, spare = Slop;
        for (int i = 0; i < words.Count; i++)
        {
            while (at < value.Count && !IsWord(value[at], words, i) && i > 0 && spare > 0)
            {
                at++;
                spare--;
            }

            if (at >= value.Count || !IsWord(value[at], words, i))
                return false;
            at++;
        }

        return true;
    }

    private bool IsWord(string found, List<string> words, int index) =>
        LastIsPrefix && index == words.Count - 1 ? found.StartsWith(words[index], StringComparison.Ordinal) : found == words[index];
}
