using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>The mark on what is ours.</summary>
internal static class Marks
{
    public static JsonObject Meta() => new() { ["managed_by"] = LifecycleNames.Owner };
}
