using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>A snapshot that has been asked for and can be taken.</summary>
/// <param name="Repository">Where to.</param>
/// <param name="Info">Its description so far.</param>
/// <param name="Indices">What of.</param>
/// <param name="IsPartial">Whether an index that can't be copied may be left out.</param>
internal sealed record SnapshotPlan(Repository Repository, JsonObject Info, List<LocalIndex> Indices, bool IsPartial);
