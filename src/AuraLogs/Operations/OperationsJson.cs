using System.Text.Json.Serialization;
using AuraLogs.Operations.Access;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Logs;
using AuraLogs.Operations.Status;

namespace AuraLogs.Operations;

/// <summary>How the operations port writes JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(StatusHistory))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(LogFields))]
[JsonSerializable(typeof(LogValues))]
[JsonSerializable(typeof(LogFailure))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(AccessRefusal))]
internal sealed partial class OperationsJson : JsonSerializerContext;
