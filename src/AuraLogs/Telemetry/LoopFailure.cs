namespace AuraLogs.Telemetry;

/// <summary>A loop that has ended without being stopped.</summary>
/// <param name="Loop">Its name.</param>
/// <param name="Exception">What ended it.</param>
internal sealed record LoopFailure(string Loop, Exception Exception);
