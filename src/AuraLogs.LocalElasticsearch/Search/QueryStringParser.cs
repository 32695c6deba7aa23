using System.Text;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>
/// Lucene's query language.
/// <code>
/// query   = clause *( ["AND" / "&amp;&amp;" / "OR" / "||"] clause )
/// clause  = ["+" / "-" / "!" / "NOT"] [field ":"] ( "(" query ")" / range / phrase / regex / term ) ["^" number]
/// range   = ("[" / "{") bound "TO" bound ("]" / "}") / (">" / ">=" / "&lt;" / "&lt;=") term
/// phrase  = DQUOTE *char DQUOTE ["~" number]
/// term    = *char, with * and ? as wildcards and \ as escape; "~" makes it fuzzy
/// </code>
/// As in Lucene, AND and OR mark the clauses beside them instead of binding by precedence.
/// https://www.elastic.co/guide/en/elasticsearch/reference/current/query-dsl-query-string-query.html
/// </summary>
internal sealed class QueryStringParser(string text, QueryStringQuery settings)
{
    private const int MaxDepth = 50;

    private int _at;
    private int _clauses;

    private enum Occurs
    {
        Should,
        Must,
        MustNot,
    }

    public Query Parse()
    {
        SkipSpace();
        if (_at == text.Length)
            return new MatchNoneQuery();
        Query query = ParseQuery(null, 0);
        return _at < text.Length ? throw Unexpected() : query;
    }

    private Query ParseQuery(string? field, int depth)
    {
        if (depth > MaxDepth)
            throw Failed("the query is nested too deeply");
        List<(Query Query, Occurs Occurs)> clauses = [];
        bool nextIsAnd = false, nextIsOr = false;
        while (true)
        {
            SkipSpace();
            if (_at == text.Length || text[_at] == ')')
                break;
            if (TakeWord("AND") || Take("&&"))
            {
                nextIsAnd = clauses.Count > 0 ? true : throw Unexpected();
                continue;
            }

            if (TakeWord("OR") || Take("||"))
            {
                nextIsOr = clauses.Count > 0 ? true : throw Unexpected();
                continue;
            }

            if (++_clauses > QueryParser.MaxClauses)
                throw new ElasticsearchException(400, "too_many_clauses", $"maxClauseCount is set to {QueryParser.MaxClauses}");
            Occurs occurs = ParseOccurs(nextIsAnd, nextIsOr);
            Query query = ParseClause(field, depth);
            if (nextIsAnd && clauses[^1].Occurs == Occurs.Should)
                clauses[^1] = (clauses[^1].Query, Occurs.Must);
            if (nextIsOr && settings.DefaultIsAnd && clauses[^1].Occurs == Occurs.Must)
                clauses[^1] = (clauses[^1].Query, Occurs.Should);
            clauses.Add((query, occurs));
            nextIsAnd = nextIsOr = false;
        }

        if (clauses.Count == 0 || nextIsAnd || nextIsOr)
            throw Unexpected();
        return clauses is [(Query only, not Occurs.MustNot)] ? only : ToBool(clauses);
    }

    private static BoolQuery ToBool(List<(Query Query, Occurs Occurs)> clauses) => new()
    {
        Must = [.. clauses.Where(clause => clause.Occurs == Occurs.Must).Select(clause => clause.Query)],
        Should = [.. clauses.Where(clause => clause.Occurs == Occurs.Should).Select(clause => clause.Query)],
        MustNot = [.. clauses.Where(clause => clause.Occurs == Occurs.MustNot).Select(clause => clause.Query)],
    };

    private Occurs ParseOccurs(bool afterAnd, bool afterOr)
    {
        if (Take("+"))
            return Occurs.Must;
        if (Take("-") || Take("!") || TakeWord("NOT"))
        {
            SkipSpace();
            return Occurs.MustNot;
        }

        return afterAnd || (settings.DefaultIsAnd && !afterOr) ? Occurs.Must : Occurs.Should;
    }

    private Query ParseClause(string? field, int depth)
    {
        SkipSpace();
        if (ParseFieldName() is { } named)
            field = named;
        SkipSpace();
        if (_at == text.Length)
            throw Unexpected();
        Query query;
        switch (text[_at])
        {
            case '(':
                _at++;
                query = ParseQuery(field, depth + 1);
                if (!Take(")"))
                    throw Unexpected();
                break;
            case '[' or '{':
                query = ParseRange(field);
                break;
            case '>' or '<':
                query = ParseComparison(field);
                break;
            case '"':
                query = ParsePhrase(field);
                break;
            case '/':
                query = ParseRegex(field);
                break;
            default:
                query = ParseTerm(field);
                break;
        }

        if (Take("^"))
            ParseNumber();
        return query;
    }

    private Query ParseTerm(string? field)
    {
        (string raw, string plain, bool isPattern) = ParseWord();
        if (field == "_exists_")
            return new ExistsQuery(plain);
        if (Take("~"))
        {
            string edits = ParseNumber();
            return settings.OnFields(field, (name, _) => Patterns.Fuzzy(name, plain.ToLowerInvariant(), EditsOf(edits)));
        }

        if (raw == "*")
            return field is null or "*" ? new MatchAllQuery() : new ExistsQuery(field);
        return settings.OnFields(field, (name, isLenient) => isPattern
            ? new NormalizedPatternQuery(name, raw)
            : new MatchQuery(name, plain) { IsLenient = isLenient });
    }

    /// <summary>Lucene takes more edits than two for two, and a similarity below one, its old way to say it, for two as well.</summary>
    private static string? EditsOf(string number) =>
        number.Length == 0 ? null
        : !double.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out double edits) ? number
        : edits >= EditAutomaton.MaxEdits || (edits > 0 && edits < 1) ? "2"
        : ((int)edits).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Query ParsePhrase(string? field)
    {
        _at++;
        StringBuilder phrase = new();
        while (_at < text.Length && text[_at] != '"')
        {
            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            phrase.Append(text[_at++]);
        }

        if (!Take("\""))
            throw Unexpected();
        int slop = Take("~") && ParseNumber() is { Length: > 0 and < 6 } digits
            ? (int)double.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        string words = phrase.ToString();
        return settings.OnFields(field, (name, isLenient) => new PhraseQuery(name, words) { Slop = slop, IsLenient = isLenient });
    }

    private Query ParseRegex(string? field)
    {
        int end = ++_at;
        while (end < text.Length && text[end] != '/')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
            throw Unexpected();
        string pattern = text[_at..end].Replace("\\/", "/", StringComparison.Ordinal);
        _at = end + 1;
        return settings.OnFields(field, (name, _) => Patterns.Regexp(name, pattern, ignoresCase: false));
    }

    private Query ParseRange(string? field)
    {
        bool includesLow = text[_at++] == '[';
        string low = ParseBound();
        if (!TakeWord("TO"))
            throw Unexpected();
        string high = ParseBound();
        if (_at == text.Length || text[_at] is not (']' or '}'))
            throw Unexpected();
        bool includesHigh = text[_at++] == ']';
        return Range(field, low == "*" ? null : low, high == "*" ? null : high, includesLow, includesHigh);
    }

    private Query ParseComparison(string? field)
    {
        bool isLower = text[_at++] == '>';
        bool isIncluded = Take("=");
        string bound = ParseBound();
        return isLower ? Range(field, bound, null, isIncluded, true) : Range(field, null, bound, true, isIncluded);
    }

    private Query Range(string? field, string? low, string? high, bool includesLow, bool includesHigh) =>
        settings.OnFields(field, (name, isLenient) => new RangeQuery(name)
        {
            Low = low,
            High = high,
            IncludesLow = includesLow,
            IncludesHigh = includesHigh,
            TimeZone = settings.TimeZone,
            IsLenient = isLenient,
        });

    private string ParseBound()
    {
        SkipSpace();
        int start = _at;
        string bound;
        if (Take("\""))
        {
            int end = text.IndexOf('"', _at);
            if (end < 0)
                throw Unexpected();
            bound = text[_at..end];
            _at = end + 1;
        }
        else
        {
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not (']' or '}' or ')'))
                _at++;
            bound = text[start.._at].Replace("\\", "", StringComparison.Ordinal);
        }

        SkipSpace();
        return bound.Length == 0 ? throw Unexpected() : bound;
    }

    /// <summary>A name with a colon behind it; else nothing is consumed.</summary>
    private string? ParseFieldName()
    {
        StringBuilder name = new();
        for (int i = _at; i < text.Length; i++)
        {
            char c = text[i];
            if (c == ':' && i > _at)
            {
                _at = i + 1;
                return name.ToString();
            }

            if (c == '\\' && i + 1 < text.Length)
                c = text[++i];
            else if (char.IsWhiteSpace(c) || "()[]{}\"/^~:!".Contains(c, StringComparison.Ordinal))
                return null;
            name.Append(c);
        }

        return null;
    }

    private (string Raw, string Plain, bool IsPattern) ParseWord()
    {
        int start = _at;
        StringBuilder plain = new();
        bool isPattern = false;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !"()[]{}\"^~:".Contains(text[_at], StringComparison.Ordinal))
        {
            char c = text[_at++];
            if (c == '\\' && _at < text.Length)
                c = text[_at++];
            else if (c is '*' or '?')
                isPattern = true;
            plain.Append(c);
        }

        return _at == start ? throw Unexpected() : (text[start.._at], plain.ToString(), isPattern);
    }

    private string ParseNumber()
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
            _at++;
        return text[start.._at];
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private bool Take(string token)
    {
        if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            return false;
        _at += token.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        int end = _at + word.Length;
        if (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not '(')
            return false;
        return Take(word);
    }

    private ElasticsearchException Unexpected() =>
        Failed(_at >= text.Length
            ? $"Encountered \"<EOF>\" at line 1, column {text.Length}."
            : $"Encountered \" \"{text[_at]}\" \"\" at line 1, column {_at}.");

    private ElasticsearchException Failed(string reason) =>
        new(400, "query_shard_exception", $"Failed to parse query [{text}]")
        {
            CausedBy = new ElasticsearchException(400, "parse_exception", $"Cannot parse '{text}': {reason}") { CausedBy = Errors.Parse(reason) },
        };

    /// <summary>A wildcard in a query string: on a text its pattern is in lower case, as the words are.</summary>
    private sealed class NormalizedPatternQuery(string field, string pattern) : Query
    {
        public override Storage.DocSet Match(SearchContext context, ScoreBoard? scores)
        {
            bool isText = context.Mapping.Resolve(field) is { Field.Family: Indices.Mapping.FieldFamily.Text };
            return Patterns.Wildcard(field, isText ? pattern.ToLowerInvariant() : pattern, false).Match(context, scores);
        }

        public override void Highlight(HighlightTerms terms) =>
            terms.Add(field, word => Wildcard.IsMatch(pattern, word, questionMark: true)
                || Wildcard.IsMatch(pattern.ToLowerInvariant(), word, questionMark: true));
    }
}
