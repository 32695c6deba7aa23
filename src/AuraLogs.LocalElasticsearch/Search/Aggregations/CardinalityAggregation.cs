using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Search.Aggregations;

/// <summary><c>cardinality</c>: how many different values, exactly.</summary>
internal sealed class CardinalityAggregation : Aggregation
{
    public override JsonObject Compute(IReadOnlyList<Match> matches)
    {
        HashSet<string> texts = [];
        HashSet<long> numbers = [];
        foreach (Match match in matches)
        {
            if (match.Context.Mapping.Resolve(Field!) is not var (field, key))
                continue;
            if (field.IsNumeric)
                match.VisitNumbers(field.Id, (_, value) => numbers.Add(value));
            else
                match.VisitTerms(field.Id, key, (term, _) => texts.Add(term));
        }

        return new JsonObject { ["value"] = texts.Count + numbers.Count };
    }
}
