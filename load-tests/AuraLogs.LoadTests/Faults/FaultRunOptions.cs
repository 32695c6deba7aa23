using AuraLogs.LoadTests.Generating;

namespace AuraLogs.LoadTests.Faults;

/// <summary>How a <see cref="FaultRun"/> is set up.</summary>
internal sealed record FaultRunOptions
{
    /// <summary>The executable of the product.</summary>
    public required string Product { get; init; }

    /// <summary>Decides everything that is left to chance.</summary>
    public required int Seed { get; init; }

    /// <summary>Where the queue lies; by default in the run's own directory.</summary>
    public string? QueuePath { get; init; }

    /// <summary>Further settings of the product, as in <c>AuraLogs:Queue:MaxBytes=67108864</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Further variables of the product.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the disk of the queue can be made to fail (<see cref="DiskFaults"/>).</summary>
    public bool WithDiskFaults { get; init; }

    /// <summary>Where the product and Elasticsearch are: by default both on the loopback.</summary>
    public FaultyNetwork? Network { get; init; }

    /// <summary>What is sent until <see cref="FaultRun.EndAsync"/>.</summary>
    public LoadOptions Load { get; init; } = new()
    {
        Rate = 1_000,
        Records = 1_000_000,
        ChunkBytes = 14_000,
        Connections = 4,
        InFlight = 4,
        AckTimeout = TimeSpan.FromSeconds(10),
        Limit = TimeSpan.FromMinutes(15),
    };
}
