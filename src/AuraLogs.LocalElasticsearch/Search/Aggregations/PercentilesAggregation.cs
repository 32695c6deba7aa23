using System.Globalization;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary>
/// <c>percentiles</c>, from all values instead of a digest: with n values, the one at rank p/100 * n - 0.5, between two
/// neighbours by their distance, which is what Elasticsearch's t-digest gives while it holds every value.
/// </summary>
internal sealed class PercentilesAggregation(JsonArray? percents) : Aggregation
{
    private static readonly double[] Default = [1, 5, 25, 50, 75, 95, 99];

    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        List<double> values = [];
        foreach (Match match in matches)
            if (match.Context.Mapping.Field(Field!) is { IsNumeric: true } field)
                match.VisitNumbers(field.Id, (_, stored) => values.Add(MetricAggregation.NumberOf(field, stored)));
        values.Sort();
        JsonObject json = [];
        foreach (double percent in percents?.Select(item => AggregationParser.Number(item, 50)) ?? Default)
            json[percent.ToString("0.0###", CultureInfo.InvariantCulture)] = values.Count == 0 ? null : At(values, percent);
        return new JsonObject { ["values"] = json };
    }

    private static double At(List<double> values, double percent)
    {
        double rank = Math.Clamp((percent / 100 * values.Count) - 0.5, 0, values.Count - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, values.Count - 1);
        return values[below] + ((values[above] - values[below]) * (rank - below));
    }
}
