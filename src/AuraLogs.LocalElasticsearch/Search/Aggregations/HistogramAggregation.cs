using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>histogram</c>: numbers by intervals of equal width.</summary>
internal sealed class HistogramAggregation : Aggregation
{
    private readonly double _interval;
    private readonly double _offset;
    private readonly int _minimum;

    public HistogramAggregation(JsonObject body)
    {
        _interval = AggregationParser.Number(body["interval"], 0);
        if (_interval <= 0)
            throw Errors.IllegalArgument("[interval] must be >0 for histogram aggregation");
        _offset = AggregationParser.Number(body["offset"], 0);
        _minimum = (int)AggregationParser.Number(body["min_doc_count"], 0);
    }

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        NumberBuckets buckets = new(matches, keepsDocs: !Inner.IsEmpty);
        for (int i = 0; i < matches.Count; i++)
        {
            int match = i;
            if (matches[i].Context.Mapping.Field(Field!) is not { IsNumeric: true } field)
                continue;
            matches[i].VisitNumbers(field.Id, (doc, stored) =>
            {
                double value = MetricAggregation.NumberOf(field, stored);
                buckets.Add((Math.Floor((value - _offset) / _interval) * _interval) + _offset, match, doc);
                if (buckets.Count > MaxBuckets)
                    throw TooManyBuckets();
            });
        }

        JsonArray json = [];
        foreach (double key in AllKeys(buckets))
            if (buckets.CountOf(key) >= _minimum)
                json.Add(Bucket(new JsonObject { ["key"] = key }, buckets.CountOf(key), () => buckets.MatchesOf(key)));
        return new JsonObject { ["buckets"] = json };
    }

    /// <summary>The keys, with those of the gaps when empty buckets are wanted.</summary>
    private IEnumerable<double> AllKeys(NumberBuckets buckets)
    {
        if (_minimum > 0 || buckets.Count == 0)
            return buckets.Keys;
        double first = buckets.Keys.First();
        int count = (int)Math.Min(MaxBuckets + 1d, Math.Round((buckets.Keys.Last() - first) / _interval) + 1);
        return count > MaxBuckets ? throw TooManyBuckets() : Enumerable.Range(0, count).Select(i => first + (i * _interval)).Union(buckets.Keys).Order();
    }
}
