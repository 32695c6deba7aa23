using AuraLogs.Memory;

namespace AuraLogs.Fuzz.Targets;

/// <summary>Memory that no input exhausts.</summary>
internal static class Memory
{
    private const long Much = 64 << 20;

    public static MemoryBudgets Plenty() => new(new MemorySizes(Pages: 0, Much, Much, Much, Much, Much, Much), StoppedTime.Instance);
}
