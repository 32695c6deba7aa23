namespace AuraLogs.Fuzz.Targets;

internal sealed record ReferenceExtension(sbyte Type, byte[] Data);
