namespace AuraLogs.Lifecycle.Archive;

/// <param name="RecoveredBytes">How much is there.</param>
/// <param name="TotalBytes">Of how much; 0 while that is unknown.</param>
/// <param name="IsDone">Whether every index can be searched.</param>
internal readonly record struct RestoreProgress(long RecoveredBytes, long TotalBytes, bool IsDone);
