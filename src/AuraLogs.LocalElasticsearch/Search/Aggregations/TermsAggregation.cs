using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Search.Queries;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>terms</c>: a bucket a value, the most frequent first unless another order is asked for. The counts are exact.</summary>
internal sealed class TermsAggregation : Aggregation
{
    private readonly int _size;
    private readonly long _minimum;
    private readonly string? _missing;
    private readonly List<(string By, bool IsDescending)> _order = [];
    private readonly Func<string, bool> _isWanted;

    public TermsAggregation(JsonObject body)
    {
        _size = (int)AggregationParser.Number(body["size"], 10);
        if (_size <= 0)
            throw Errors.IllegalArgument($"[size] must be greater than 0. Found [{_size}] in [terms]");
        _minimum = (long)AggregationParser.Number(body["min_doc_count"], 1);
        _missing = Json.Scalar(body["missing"]);
        foreach (JsonNode? item in body["order"] is JsonArray several ? [.. several] : new[] { body["order"] })
            foreach ((string by, JsonNode? direction) in item as JsonObject ?? [])
                _order.Add((by, Json.Scalar(direction) == "desc"));
        if (_order.Count == 0)
            _order.Add(("_count", true));
        (Func<string, bool>? include, Func<string, bool>? exclude) = (Selection(body["include"]), Selection(body["exclude"]));
        _isWanted = term => include?.Invoke(term) != false && exclude?.Invoke(term) != true;
    }

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        // 1. How many documents has each value?
        Dictionary<string, long> counts = [];
        FieldMapping? field = null;
        foreach (Match match in matches)
        {
            if (match.Context.Mapping.Resolve(Field!) is not var (mapping, key))
                continue;
            field = mapping;
            if (mapping.IsNumeric)
                match.VisitNumbers(mapping.Id, (_, stored) => Count(counts, KeyOf(mapping, stored), 1, match));
            else
                match.VisitTerms(mapping.Id, key, (term, documents) => Count(counts, term, documents, match));
        }

        if (_missing is not null)
            CountMissing(counts, matches.Sum(match => (long)Without(match).Docs.Count));

        // 2. Which of them, in what order?
        List<KeyValuePair<string, long>> wanted = [.. counts.Where(entry => entry.Value >= _minimum && _isWanted(entry.Key))];
        bool byInner = _order.Exists(order => order.By is not ("_count" or "_key" or "_term"));
        List<JsonObject> buckets;
        if (byInner)
        {
            buckets = [.. wanted.Select(entry => ToBucket(entry.Key, entry.Value, matches, field))];
            buckets.Sort(CompareBuckets);
            buckets = [.. buckets.Take(_size)];
        }
        else
        {
            wanted.Sort((a, b) => CompareEntries(a, b, field));
            buckets = [.. wanted.Take(_size).Select(entry => ToBucket(entry.Key, entry.Value, matches, field))];
        }

        return new JsonObject
        {
            ["doc_count_error_upper_bound"] = 0,
            ["sum_other_doc_count"] = wanted.Sum(entry => entry.Value) - buckets.Sum(bucket => bucket["doc_count"]!.GetValue<long>()),
            ["buckets"] = new JsonArray([.. buckets]),
        };
    }

    private void CountMissing(Dictionary<string, long> counts, long count)
    {
        if (count > 0)
            counts[_missing!] = counts.GetValueOrDefault(_missing!) + count;
    }

    private static void Count(Dictionary<string, long> counts, string key, long count, Match match)
    {
        const int EntryBytes = 96;
        if (!counts.TryGetValue(key, out long before))
            match.Context.Shard.Budget?.Take(EntryBytes + (2 * key.Length));
        counts[key] = before + count;
    }

    private static string KeyOf(FieldMapping field, long stored) => field.Family switch
    {
        FieldFamily.Real => MetricAggregation.NumberOf(field, stored).ToString("R", CultureInfo.InvariantCulture),
        FieldFamily.Date when field.Type == "date_nanos" => (stored / 1_000_000).ToString(CultureInfo.InvariantCulture),
        _ => stored.ToString(CultureInfo.InvariantCulture),
    };

    private JsonObject ToBucket(string key, long count, IReadOnlyList<Match> matches, FieldMapping? field)
    {
        JsonObject members = [];
        switch (field?.Family)
        {
            case FieldFamily.Boolean:
                members["key"] = key == "1" ? 1 : 0;
                members["key_as_string"] = key == "1" ? "true" : "false";
                break;
            case FieldFamily.Date when long.TryParse(key, out long millis):
                members["key"] = millis;
                members["key_as_string"] = field.DateFormat.Format(millis);
                break;
            case FieldFamily.Integer when long.TryParse(key, out long number):
                members["key"] = number;
                break;
            case FieldFamily.Real when double.TryParse(key, NumberStyles.Float, CultureInfo.InvariantCulture, out double real):
                members["key"] = real;
                break;
            default:
                members["key"] = key;
                break;
        }

        return Bucket(members, count, () => [.. matches.Select(match => Having(match, key))]);
    }

    private Match Having(Match match, string key)
    {
        Match with = match.Where(new TermQuery(Field!, [key]) { IsLenient = true });
        if (_missing == key)
            with.Docs.UnionWith(Without(match).Docs);
        return with;
    }

    private Match Without(Match match) => match.Where(new BoolQuery { MustNot = [new ExistsQuery(Field!)] });

    private int CompareEntries(KeyValuePair<string, long> a, KeyValuePair<string, long> b, FieldMapping? field)
    {
        foreach ((string by, bool isDescending) in _order)
        {
            int order = by == "_count" ? a.Value.CompareTo(b.Value) : CompareKeys(a.Key, b.Key, field);
            if (order != 0)
                return isDescending ? -order : order;
        }

        return CompareKeys(a.Key, b.Key, field);
    }

    private static int CompareKeys(string a, string b, FieldMapping? field) =>
        field is { IsNumeric: true } && double.TryParse(a, CultureInfo.InvariantCulture, out double x)
            && double.TryParse(b, CultureInfo.InvariantCulture, out double y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(a, b);

    /// <summary>By an inner metric: <c>{"price": "desc"}</c> or <c>{"stats.max": "asc"}</c>.</summary>
    private int CompareBuckets(JsonObject a, JsonObject b)
    {
        foreach ((string by, bool isDescending) in _order)
        {
            int order = Metric(a, by).CompareTo(Metric(b, by));
            if (order != 0)
                return isDescending ? -order : order;
        }

        return 0;
    }

    private static double Metric(JsonObject bucket, string path)
    {
        if (path is "_count")
            return bucket["doc_count"]!.GetValue<long>();
        string[] parts = path.Split('.', '>');
        JsonNode? result = bucket[parts[0]] ?? throw Errors.IllegalArgument($"Invalid aggregator order path [{path}]. Unknown aggregation [{parts[0]}]");
        return AggregationParser.Number(parts.Length > 1 ? result[parts[1]] : result["value"] ?? result["doc_count"], double.NegativeInfinity);
    }

    private static Func<string, bool>? Selection(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonArray values:
                HashSet<string> set = [.. values.Select(value => Json.Scalar(value) ?? "")];
                return set.Contains;
            case JsonObject:
                throw Errors.IllegalArgument("partitions are not supported by the local Elasticsearch");
            default:
                return Patterns.RegexOf(Json.Scalar(node) ?? "", RegexOptions.None).IsMatch;
        }
    }
}
