namespace AuraLogs.Fuzz.Targets;

/// <summary>A value of MessagePack, and the bytes that it was written as.</summary>
/// <param name="Value">Null, bool, long, ulong, float, double, string, byte[], <see cref="ReferenceExtension"/>, a list, or a list of pairs.</param>
/// <param name="Bytes">All of it.</param>
internal sealed record ReferenceValue(object? Value, byte[] Bytes);
