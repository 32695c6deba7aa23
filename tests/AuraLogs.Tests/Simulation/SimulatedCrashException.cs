namespace AuraLogs.Tests.Simulation;

/// <summary>The simulated machine lost power. Not an <see cref="IOException"/>: nothing may go on after it.</summary>
internal sealed class SimulatedCrashException() : Exception("The simulated machine lost power.");
