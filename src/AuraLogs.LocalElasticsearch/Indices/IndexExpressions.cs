using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>
/// Index expressions: names, aliases, wildcards, <c>_all</c>, date math, exclusions with a leading minus, comma-separated.
/// </summary>
internal sealed class IndexExpressions(IndexCatalog catalog, TimeProvider time)
{
    public const string Parameters = "ignore_unavailable allow_no_indices expand_wildcards";

    /// <summary>Resolves the expression in the request's path with the request's options.</summary>
    public List<LocalIndex> Resolve(RestRequest request, string parameter = "index", bool closedToo = false) =>
        Resolve(
            request[parameter],
            request.Flag("ignore_unavailable"),
            request.Flag("allow_no_indices", true),
            request["expand_wildcards"] is { } expand
                ? expand.Contains("closed", StringComparison.Ordinal) || expand.Contains("all", StringComparison.Ordinal)
                : closedToo);

    /// <summary>The matching indices, ordered by name.</summary>
    /// <param name="expression">What to resolve; null and empty mean all.</param>
    /// <param name="ignoreUnavailable">Whether a name that does not exist, or is closed, is left out.</param>
    /// <param name="allowNone">Whether wildcards may match nothing.</param>
    /// <param name="closedToo">Whether wildcards match closed indices, and whether closed ones may be named.</param>
    public List<LocalIndex> Resolve(string? expression, bool ignoreUnavailable, bool allowNone, bool closedToo)
    {
        SortedDictionary<string, LocalIndex> found = new(StringComparer.Ordinal);
        string[] parts = string.IsNullOrEmpty(expression) ? ["_all"] : expression.Split(',', StringSplitOptions.RemoveEmptyEntries);
        bool sawWildcard = false;
        foreach (string part in parts)
        {
            string name = DateMathName.Resolve(part, time.GetUtcNow());
            if (name[0] == '_' && name != "_all")
                throw Errors.InvalidIndexName(name, "must not start with '_'.");
            if (name is "_all" || Wildcard.IsPattern(name))
            {
                if (name[0] == '-' && sawWildcard)
                {
                    foreach (string excluded in found.Keys.Where(key => Wildcard.IsMatch(name.AsSpan(1), key)).ToList())
                        found.Remove(excluded);
                    continue;
                }

                sawWildcard = true;
                Expand(name is "_all" ? "*" : name, closedToo, allowNone, found);
                continue;
            }

            if (name[0] == '-' && sawWildcard)
                found.Remove(name[1..]);
            else
                AddNamed(name, ignoreUnavailable, closedToo, found);
        }

        return [.. found.Values];
    }

    private void Expand(string pattern, bool closedToo, bool allowNone, SortedDictionary<string, LocalIndex> into)
    {
        int before = into.Count;
        foreach (LocalIndex index in catalog.All)
        {
            bool isNamed = Wildcard.IsMatch(pattern, index.Name) || index.Aliases.Any(alias => Wildcard.IsMatch(pattern, alias.Key));
            if (isNamed && (closedToo || !index.IsClosed))
                into[index.Name] = index;
        }

        if (into.Count == before && !allowNone)
            throw Errors.IndexNotFound(pattern);
    }

    private void AddNamed(string name, bool ignoreUnavailable, bool closedToo, SortedDictionary<string, LocalIndex> into)
    {
        List<LocalIndex> named = catalog.Find(name) is { } index ? [index] : catalog.Behind(name);
        if (named.Count == 0)
        {
            if (ignoreUnavailable)
                return;
            throw Errors.IndexNotFound(name);
        }

        foreach (LocalIndex one in named)
        {
            if (one.IsClosed && !closedToo)
            {
                if (ignoreUnavailable)
                    continue;
                throw Errors.IndexClosed(one.Name, one.Uuid);
            }

            into[one.Name] = one;
        }
    }
}
