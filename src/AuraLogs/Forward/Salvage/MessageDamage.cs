namespace AuraLogs.Forward.Salvage;

/// <summary>What was wrong with a message that was taken all the same.</summary>
/// <param name="Cut">Events that were too large, and were stored with their strings cut.</param>
/// <param name="Whole">Of those, how many are whole in the quarantine.</param>
/// <param name="Unreadable">Runs of values that are not events, and become dead letters.</param>
internal readonly record struct MessageDamage(int Cut, int Whole, int Unreadable);
