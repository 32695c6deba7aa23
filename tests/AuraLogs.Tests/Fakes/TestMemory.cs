using AuraLogs.Memory;

namespace AuraLogs.Tests.Fakes;

/// <summary>Memory for tests of what needs some and is not about it.</summary>
internal static class TestMemory
{
    private const long Plenty = 256L << 20;

    /// <summary>Budgets that nothing here exhausts, or of the given sizes.</summary>
    public static MemoryBudgets Budgets(long receiving = Plenty, long storing = Plenty, long sending = Plenty, long answers = Plenty) =>
        new(new MemorySizes(Pages: 0, receiving, storing, Reading: Plenty, sending, Overdraft: Plenty, answers), TimeProvider.System);
}
