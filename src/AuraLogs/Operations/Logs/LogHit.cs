using System.Text.Json;

namespace AuraLogs.Operations.Logs;

/// <summary>One event as it is indexed.</summary>
internal sealed record LogHit(string Index, string Id, JsonElement Source);
