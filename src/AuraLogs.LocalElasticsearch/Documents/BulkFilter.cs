namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>Spares the building of items that <c>filter_path</c> would throw away, the usual case of a client in a hurry.</summary>
internal static class BulkFilter
{
    /// <summary>Whether the filter keeps nothing of an item that went well.</summary>
    public static bool WantsOnlyErrors(string filterPath)
    {
        foreach (string path in filterPath.Split(','))
        {
            bool concernsItems = path.StartsWith("items", StringComparison.Ordinal) || path.StartsWith('*') || path.StartsWith('-');
            if (concernsItems && !path.StartsWith("items.*.error", StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
