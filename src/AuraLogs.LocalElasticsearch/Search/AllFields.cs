using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Which fields a query that names none, or a pattern, looks at.</summary>
internal static class AllFields
{
    public static IEnumerable<string> Expand(IndexMapping mapping, IReadOnlyCollection<string> patterns)
    {
        HashSet<string> fields = [];
        foreach (string pattern in patterns.Count == 0 ? ["*"] : patterns)
        {
            if (!Wildcard.IsPattern(pattern))
            {
                fields.Add(pattern);
                continue;
            }

            foreach (FieldMapping field in mapping.Fields)
                if (field.Family != FieldFamily.Stored && Wildcard.IsMatch(pattern, field.Path))
                    fields.Add(field.Path);
        }

        return fields;
    }
}
