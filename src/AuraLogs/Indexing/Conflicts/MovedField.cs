using System.Text.Json;

namespace AuraLogs.Indexing.Conflicts;

/// <param name="Path">Where it was.</param>
/// <param name="Value">What its value is: an object, a string.</param>
internal readonly record struct MovedField(string Path, JsonValueKind Value);
