using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>
/// The first documents of one index in the order of a sort. The first criterion selects: a number by its column's blocks,
/// the best first and no more than needed, a keyword by its terms. The others only order what was selected.
/// </summary>
internal sealed class Sorter(SearchContext context, IReadOnlyList<SortKey> keys, SortValue[]? after, ScoreBoard? scores)
{
    /// <summary>The first <paramref name="count"/> of the documents that come after <c>search_after</c>.</summary>
    public List<Hit> Top(DocSet matched, int count)
    {
        foreach (SortKey key in keys)
            Check(key);
        if (count == 0)
            return [];
        List<int> candidates = Select(matched, count);
        List<Hit> hits = ToHits(candidates);
        if (after is not null)
            hits.RemoveAll(hit => Compare(hit.Sort, after) <= 0);
        hits.Sort(Compare);
        return hits.Count > count ? hits[..count] : hits;
    }

    public int Compare(Hit a, Hit b)
    {
        int order = Compare(a.Sort, b.Sort);
        return order != 0 ? order : a.Doc.CompareTo(b.Doc);
    }

    private int Compare(SortValue[] a, SortValue[] b)
    {
        for (int i = 0; i < keys.Count && i < b.Length; i++)
            if (SortValue.Compare(a[i], b[i], keys[i]) is not 0 and int order)
                return order;
        return 0;
    }

    private FieldMapping? FieldOf(SortKey key) => context.Mapping.Field(key.Field);

    private static bool IsSpecial(string field) => field is "_score" or "_doc" or "_shard_doc" or "_id" or "_seq_no" or "_index";

    private void Check(SortKey key)
    {
        if (IsSpecial(key.Field))
            return;
        FieldMapping? field = FieldOf(key);
        if (field is null && key.UnmappedType is null)
        {
            throw new ElasticsearchException(400, "query_shard_exception", $"No mapping found for [{key.Field}] in order to sort on")
            {
                Details = new() { ["index_uuid"] = context.Index.Uuid, ["index"] = context.Index.Name },
            };
        }

        if (field?.Family == FieldFamily.Text)
            throw Fielddata.IsDisabled(field.Path);
    }

    private List<int> Select(DocSet matched, int count)
    {
        SortKey first = keys[0];
        switch (first.Field)
        {
            case "_doc" or "_shard_doc" or "_seq_no" when after is null && keys.Count == 1 && !first.IsDescending:
                return [.. matched.Members().Take(count)];
            case "_score" when after is null && keys.Count == 1:
                return SelectByScore(matched, count);
        }

        FieldMapping? field = FieldOf(first);
        if (field is null || first.Missing is not "_last")
            return [.. IsSpecial(first.Field) || after is not null || keys.Count > 1 ? matched.Members() : matched.Members().Take(count)];
        return field.IsNumeric ? SelectByNumber(matched, field, first, count) : SelectByTerm(matched, field, first, count);
    }

    private List<int> SelectByScore(DocSet matched, int count)
    {
        PriorityQueue<int, (float Score, int Doc)> best = new();
        foreach (int doc in matched.Members())
        {
            (float, int) rank = (scores?.ScoreOf(doc) ?? 0, -doc);
            if (best.Count < count)
                best.Enqueue(doc, rank);
            else
                best.EnqueueDequeue(doc, rank);
        }

        return [.. best.UnorderedItems.Select(item => item.Element)];
    }

    private List<int> SelectByNumber(DocSet matched, FieldMapping field, SortKey key, int count)
    {
        // The worst of the best values so far is on top of the heap; ties with it stay candidates for the other criteria.
        PriorityQueue<long, long> best = new();
        List<(int Doc, long Value)> candidates = [];
        long Rank(long value) => key.IsDescending ? ~value : value;
        long afterRank = after is { Length: > 0 } && !after[0].IsNone ? Rank(ToColumn(field, after[0])) : long.MinValue;
        bool afterNone = after is { Length: > 0 } && after[0].IsNone;
        bool IsFull() => best.Count >= count;

        context.Shard.VisitColumnInOrder(
            field.Id,
            key.IsDescending,
            bound => afterNone || (IsFull() && Rank(bound) > ~best.Peek()),
            block =>
            {
                for (int i = 0; i < block.Docs.Length; i++)
                {
                    long rank = Rank(block.Values[i]);
                    if (rank < afterRank || (IsFull() && rank > ~best.Peek()) || !matched.Contains(block.Docs[i]))
                        continue;
                    candidates.Add((block.Docs[i], rank));
                    // What equals search_after may be dropped later, so that it must not fill the heap.
                    if (rank == afterRank && after is not null)
                        continue;
                    if (best.Count < count)
                        best.Enqueue(~rank, ~rank);
                    else
                        best.EnqueueDequeue(~rank, ~rank);
                }
            });
        long worst = IsFull() ? ~best.Peek() : long.MaxValue;
        HashSet<int> selected = [.. candidates.Where(candidate => candidate.Value <= worst).Select(candidate => candidate.Doc)];
        if (selected.Count < count || afterNone)
            AddMissing(matched, field, selected, count, takeAll: after is not null || keys.Count > 1);
        return [.. selected];
    }

    private List<int> SelectByTerm(DocSet matched, FieldMapping field, SortKey key, int count)
    {
        // First the terms with how many documents each has, then the documents of the terms up to the one that fills the page.
        Dictionary<string, int> counts = [];
        byte[] from = Term.Of(field.Id, Term.Value);
        context.Shard.VisitTerms(from, Term.After(from), (term, block) =>
        {
            if (block.CountIn(matched) is > 0 and int found)
                counts[Term.ValueOf(term)] = counts.GetValueOrDefault(Term.ValueOf(term)) + found;
        });
        IEnumerable<string> ordered = key.IsDescending ? counts.Keys.OrderDescending(StringComparer.Ordinal) : counts.Keys.Order(StringComparer.Ordinal);
        HashSet<string> wanted = [];
        int total = 0;
        foreach (string term in ordered)
        {
            int order = after is { Length: > 0 } ? SortValue.Compare(SortValue.Of(term), after[0], key) : 1;
            if (order < 0)
                continue;
            wanted.Add(term);
            total += order == 0 ? 0 : counts[term];
            if (total >= count)
                break;
        }

        HashSet<int> selected = [];
        context.Shard.VisitTerms(from, Term.After(from), (term, block) =>
        {
            if (!wanted.Contains(Term.ValueOf(term)))
                return;
            foreach (int doc in block)
                if (matched.Contains(doc))
                    selected.Add(doc);
        });
        if (total < count)
            AddMissing(matched, field, selected, count, takeAll: after is not null || keys.Count > 1);
        return [.. selected];
    }

    private void AddMissing(DocSet matched, FieldMapping field, HashSet<int> selected, int count, bool takeAll)
    {
        DocSet without = matched.Clone();
        without.ExceptWith(context.Postings(field.Id, Term.Exists));
        foreach (int doc in without.Members())
        {
            if (!takeAll && selected.Count >= count)
                return;
            selected.Add(doc);
        }
    }

    private List<Hit> ToHits(List<int> docs)
    {
        const int HitBytes = 96;
        context.Shard.Budget?.Take((long)docs.Count * (HitBytes + (24 * keys.Count)));
        Dictionary<int, SortValue[]> values = [];
        foreach (int doc in docs)
            values[doc] = new SortValue[keys.Count];
        for (int k = 0; k < keys.Count; k++)
            Fill(values, k);
        return [.. docs.Select(doc => new Hit(context, doc, values[doc], scores?.ScoreOf(doc) ?? float.NaN))];
    }

    private void Fill(Dictionary<int, SortValue[]> values, int k)
    {
        SortKey key = keys[k];
        if (IsSpecial(key.Field))
        {
            foreach ((int doc, SortValue[] row) in values)
            {
                row[k] = key.Field switch
                {
                    "_score" => SortValue.Of((double)(scores?.ScoreOf(doc) ?? 0)),
                    "_id" => SortValue.Of(context.Shard.Get(doc)?.Id ?? ""),
                    "_index" => SortValue.Of(context.Index.Name),
                    _ => SortValue.Of((long)doc),
                };
            }

            return;
        }

        FieldMapping? field = FieldOf(key);
        if (field is null)
            return;
        if (field.IsNumeric)
            FillNumbers(values, k, field, key);
        else
            FillTexts(values, k, field, key);
        if (key.Missing is not ("_last" or "_first"))
            foreach (SortValue[] row in values.Values)
                if (row[k].IsNone)
                    row[k] = field.IsNumeric ? FromColumn(field, FieldValues.Numbers(context, field, key.Missing).Low) : SortValue.Of(key.Missing);
    }

    private void FillNumbers(Dictionary<int, SortValue[]> values, int k, FieldMapping field, SortKey key) =>
        context.Shard.VisitColumnOf(field.Id, values.Keys, block =>
        {
            for (int i = 0; i < block.Docs.Length; i++)
            {
                if (!values.TryGetValue(block.Docs[i], out SortValue[]? row))
                    continue;
                SortValue value = FromColumn(field, block.Values[i]);
                if (row[k].IsNone || SortValue.Compare(value, row[k], key) < 0)
                    row[k] = value;
            }
        });

    private void FillTexts(Dictionary<int, SortValue[]> values, int k, FieldMapping field, SortKey key)
    {
        foreach ((int doc, SortValue[] row) in values)
        {
            if (context.Shard.Get(doc) is not { } document)
                continue;
            foreach (string text in SourceValues.Texts(document.Source, field.SourcePath))
            {
                SortValue value = SortValue.Of(FieldValues.Keyword(field, text));
                if (text.Length <= field.IgnoreAbove && (row[k].IsNone || SortValue.Compare(value, row[k], key) < 0))
                    row[k] = value;
            }
        }
    }

    private static SortValue FromColumn(FieldMapping field, long number) =>
        field.Family == FieldFamily.Real ? SortValue.Of(SortableNumber.ToDouble(number)) : SortValue.Of(number);

    private static long ToColumn(FieldMapping field, SortValue value) =>
        field.Family == FieldFamily.Real
            ? SortableNumber.FromDouble(value.Number ?? value.Whole ?? 0)
            : value.Whole ?? (long)(value.Number ?? 0);
}
