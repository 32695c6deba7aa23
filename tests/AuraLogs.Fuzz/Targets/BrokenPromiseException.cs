namespace AuraLogs.Fuzz.Targets;

/// <summary>Something that must hold for every input does not.</summary>
internal sealed class BrokenPromiseException(string promise) : Exception(promise);
