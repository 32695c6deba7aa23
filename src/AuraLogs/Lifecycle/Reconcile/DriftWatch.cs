namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>Notices that somebody changes a resource back each time it is repaired: another replica with another configuration, mostly.</summary>
internal sealed class DriftWatch
{
    /// <summary>Repairs in a row that are no longer chance.</summary>
    private const int Quarrel = 3;

    private readonly Dictionary<string, int> _repairsInARow = new(StringComparer.Ordinal);

    /// <returns>The resources that are being quarrelled about.</returns>
    public IReadOnlyCollection<ResourceReport> Note(IReadOnlyList<ResourceReport> pass)
    {
        List<ResourceReport> quarrels = [];
        foreach (var resource in pass)
        {
            var key = $"{resource.Kind} {resource.Name}";
            var repairs = resource.Change == ResourceChange.Repaired ? _repairsInARow.GetValueOrDefault(key) + 1 : 0;
            _repairsInARow[key] = repairs;
            if (repairs >= Quarrel)
                quarrels.Add(resource);
        }

        return quarrels;
    }
}
