namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>
/// A <c>filter_path</c> of the plain kind that a client in a hurry sends with a bulk: the answer is then written with what it asks
/// for, instead of being built whole and thrown away. Paths: <c>took</c>, <c>errors</c>, <c>items</c>, <c>items.*.name</c> and what lies
/// below a name that only failed items have (<c>items.*.error.type</c>).
/// </summary>
internal sealed class BulkFilter
{
    private readonly HashSet<string> _roots = [];
    private readonly HashSet<string> _members = [];

    private BulkFilter()
    {
    }

    /// <summary>Null when a path is of another kind.</summary>
    public static BulkFilter? Parse(string paths)
    {
        BulkFilter filter = new();
        foreach (string path in paths.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            bool isPlain = path.Split('.') switch
            {
                ["took" or "errors" or "items" or "ingest_took"] => filter._roots.Add(path),
                ["items", "*", "error", ..] => true,
                ["items", "*", var name] when IsPlain(name) => filter._members.Add(name),
                _ => false,
            };
            if (!isPlain)
                return null;
        }

        return filter;
    }

    /// <summary>Whether it keeps a member of the answer's root.</summary>
    public bool Keeps(string root) => _roots.Contains(root);

    /// <summary>Whether it keeps a member of an item that went well.</summary>
    public bool KeepsOfItem(string member) => _roots.Contains("items") || _members.Contains(member);

    /// <summary>Whether it keeps anything of an item that went well.</summary>
    public bool KeepsItems => _roots.Contains("items") || _members.Count > 0;

    private static bool IsPlain(string name) => name.Length > 0 && name[0] != '-' && !name.Contains('*', StringComparison.Ordinal);
}
