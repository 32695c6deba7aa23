using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>date_histogram</c>: Discover's bars.</summary>
internal sealed class DateHistogramAggregation : Aggregation
{
    private readonly JsonObject _body;
    private readonly CalendarInterval _interval;
    private readonly string? _zone;
    private readonly int _minimum;
    private readonly long _offset;

    public DateHistogramAggregation(JsonObject body, string interval)
    {
        _body = body;
        _zone = Json.Scalar(body["time_zone"]);
        _interval = new CalendarInterval(interval, body["fixed_interval"] is not null, _zone);
        _minimum = (int)AggregationParser.Number(body["min_doc_count"], 0);
        string offset = Json.Scalar(body["offset"]) ?? "0";
        _offset = (long)TimeValue.Parse(offset.TrimStart('+', '-'), "offset").TotalMilliseconds * (offset.StartsWith('-') ? -1 : 1);
    }

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        NumberBuckets buckets = new(matches, keepsDocs: !Inner.IsEmpty);
        DateFormat format = DateFormat.Parse(Json.Scalar(_body["format"]) ?? DateFormat.Default);
        for (int i = 0; i < matches.Count; i++)
        {
            int match = i;
            if (matches[i].Context.Mapping.Field(Field!) is not { Family: FieldFamily.Date } field)
                continue;
            if (_body["format"] is null)
                format = field.DateFormat;
            bool isNanos = field.Type == "date_nanos";

            // Neighbours mostly fall into the same interval.
            long from = 0, to = 0;
            matches[i].VisitNumbers(field.Id, (doc, stored) =>
            {
                long millis = isNanos ? stored / 1_000_000 : stored;
                if (millis < from || millis >= to)
                {
                    from = _interval.Floor(millis - _offset) + _offset;
                    to = _interval.Next(from - _offset) + _offset;
                }

                buckets.Add(from, match, doc);
                if (buckets.Count > MaxBuckets)
                    throw TooManyBuckets();
            });
        }

        bool isKeyed = Json.Flag(_body["keyed"]) ?? false;
        JsonArray ordered = [];
        JsonObject keyed = [];
        foreach (long key in Keys(buckets, matches))
        {
            if (buckets.CountOf(key) < _minimum)
                continue;
            string text = format.Format(key, FieldValues.Zone(_zone, DateTimeOffset.FromUnixTimeMilliseconds(key)));
            JsonObject bucket = Bucket(
                new JsonObject { ["key_as_string"] = text, ["key"] = key }, buckets.CountOf(key), () => buckets.MatchesOf(key));
            if (isKeyed)
                keyed[text] = bucket;
            else
                ordered.Add(bucket);
        }

        return new JsonObject { ["buckets"] = isKeyed ? keyed : ordered };
    }

    /// <summary>The starts of the intervals, with those between when empty buckets are wanted, and up to the bounds asked for.</summary>
    private List<long> Keys(NumberBuckets buckets, IReadOnlyList<Match> matches)
    {
        List<long> found = [.. buckets.Keys.Select(key => (long)key)];
        if (_minimum > 0)
            return found;
        (long? first, long? last) = (found.Count > 0 ? found[0] : null, found.Count > 0 ? found[^1] : null);
        if (_body["extended_bounds"] is JsonObject bounds && matches.Count > 0)
        {
            if (Bound(bounds["min"], matches[0]) is { } low)
                first = Math.Min(first ?? long.MaxValue, _interval.Floor(low - _offset) + _offset);
            if (Bound(bounds["max"], matches[0]) is { } high)
                last = Math.Max(last ?? long.MinValue, _interval.Floor(high - _offset) + _offset);
        }

        List<long> keys = [];
        for (long? key = first; key <= last; key = _interval.Next(key.Value - _offset) + _offset)
        {
            keys.Add(key.Value);
            if (keys.Count > MaxBuckets)
                throw TooManyBuckets();
        }

        return keys;
    }

    private long? Bound(JsonNode? node, Match match) =>
        Json.Scalar(node) is { } text && match.Context.Mapping.Field(Field!) is { } field
            ? FieldValues.Date(match.Context, field, text, roundUp: false)
            : null;
}
