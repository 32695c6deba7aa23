using System.Globalization;
using AuraLogs.LoadTests.Faults;

namespace AuraLogs.Faults;

/// <summary>How long and how much: short in every run of the tests; <c>AURALOGS_TEST_FAULTS=long</c> takes an hour.</summary>
internal static class Round
{
    private static readonly string? Length = Environment.GetEnvironmentVariable("AURALOGS_TEST_FAULTS");

    public static bool IsLong => Length == "long";

    /// <summary>Decides what is left to chance; each test prints it. <c>AURALOGS_TEST_SEED</c> repeats one.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AURALOGS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount & 0xffff;

    public static T Of<T>(T shortly, T atLength) => IsLong ? atLength : shortly;

    public static string Product { get; } = Path.Combine(AppContext.BaseDirectory, "auralogs");

    public static FaultRunOptions Options
    {
        get
        {
            var options = new FaultRunOptions { Product = Product, Seed = Seed };
            return IsLong ? options with { Load = options.Load with { Records = 10_000_000, Limit = TimeSpan.FromHours(2) } } : options;
        }
    }
}
