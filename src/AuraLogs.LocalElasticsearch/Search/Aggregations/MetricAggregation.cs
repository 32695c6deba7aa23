using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>min</c>, <c>max</c>, <c>avg</c>, <c>sum</c>, <c>stats</c>, <c>value_count</c>.</summary>
internal sealed class MetricAggregation(string type) : Aggregation
{
    public override void Check(SearchContext context)
    {
        if (type != "value_count" && context.Mapping.Field(Field!) is { IsNumeric: false } field)
        {
            throw field.Family == FieldFamily.Text
                ? Fielddata.IsDisabled(field.Path)
                : Errors.IllegalArgument($"Field [{field.Path}] of type [{field.Type}] is not supported for aggregation [{type}]");
        }
    }

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        long count = 0;
        double sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        FieldMapping? date = null;
        foreach (Match match in matches)
        {
            if (match.Context.Mapping.Resolve(Field!) is not var (field, key))
                continue;
            if (!field.IsNumeric)
            {
                match.VisitTerms(field.Id, key, (_, documents) => count += documents);
                continue;
            }

            date = field.Family == FieldFamily.Date ? field : date;
            match.VisitNumbers(field.Id, (_, stored) =>
            {
                double value = NumberOf(field, stored);
                count++;
                sum += value;
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            });
        }

        return type switch
        {
            "value_count" => new JsonObject { ["value"] = count },
            "sum" => Value(sum, 1, date),
            "min" => Value(low, count, date),
            "max" => Value(high, count, date),
            "avg" => Value(sum / count, count, date),
            _ => new JsonObject
            {
                ["count"] = count,
                ["min"] = count == 0 ? null : low,
                ["max"] = count == 0 ? null : high,
                ["avg"] = count == 0 ? null : sum / count,
                ["sum"] = sum,
            },
        };
    }

    /// <summary>A column's number as the aggregation counts it: dates in milliseconds.</summary>
    public static double NumberOf(FieldMapping field, long stored) => field.Family switch
    {
        FieldFamily.Real => SortableNumber.ToDouble(stored),
        FieldFamily.Date when field.Type == "date_nanos" => stored / 1e6,
        _ => stored,
    };

    private static JsonObject Value(double value, long count, FieldMapping? date)
    {
        JsonObject json = new() { ["value"] = count == 0 ? null : value };
        if (date is not null && count > 0)
            json["value_as_string"] = date.DateFormat.Format((long)value);
        return json;
    }
}
