using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>Indices as they were: documents written since are not seen; those deleted since are gone.</summary>
internal sealed class PointInTime(List<LocalIndex> indices, Dictionary<LocalIndex, int> limits) : OpenContext
{
    public List<LocalIndex> Indices { get; } = indices;

    public int VisibleBefore(LocalIndex index) => limits.GetValueOrDefault(index);
}
