using System.Numerics;

namespace AuraLogs.Memory;

/// <summary>
/// The sizes that buffers have: 4, 8, 16 and 32 KiB, then eight steps to each doubling (36, 40, ... 64, 72 KiB, ...), so that at most an
/// eighth is more than was asked for, and every size is whole pages.
/// </summary>
internal static class SizeClass
{
    public const int Smallest = 4 << 10;

    /// <summary>The largest size, 1 GiB.</summary>
    public const int Largest = 1 << 30;

    private const int SmallestLog = 12;
    private const int FirstStepped = 32 << 10;
    private const int FirstSteppedLog = 15;
    private const int StepsLog = 3;

    /// <summary>How many sizes there are.</summary>
    public static int Count => IndexOf(Largest) + 1;

    /// <summary>The least size that holds so many bytes.</summary>
    public static int RoundUp(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Largest);
        if (bytes <= FirstStepped)
            return Math.Max(Smallest, (int)BitOperations.RoundUpToPowerOf2((uint)bytes));
        int step = 1 << (BitOperations.Log2((uint)bytes - 1) - StepsLog);
        return (bytes + step - 1) & -step;
    }

    /// <summary>The place of a size among all sizes.</summary>
    public static int IndexOf(int size)
    {
        if (size <= FirstStepped)
            return BitOperations.Log2((uint)size) - SmallestLog;
        int log = BitOperations.Log2((uint)size - 1);
        int steps = (size >> (log - StepsLog)) - (1 << StepsLog);
        return FirstSteppedLog - SmallestLog + ((log - FirstSteppedLog) << StepsLog) + steps;
    }
}
