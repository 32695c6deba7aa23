using AuraLogs.LoadTests.Generating;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>The loads of the matrix: a comparison side by side, and how cost grows.</summary>
internal static class Scenarios
{
    private const int MessageInFlight = 5_000;
    private const int MostLargeRecords = 500_000;

    private const int SteadyRate = 20_000;

    /// <summary>A minute is 830 frames of 1 MB: long enough that the p99 is not that of the first second, when a contender still sets up.</summary>
    private const int SteadySeconds = 60;

    /// <summary>A daemonset flushes a chunk for each container every second: a few lines.</summary>
    private const int DaemonsetChunkBytes = 6_000;

    /// <summary>Every contender under the loads in which both can be compared.</summary>
    /// <param name="auraLogs">The published executable.</param>
    /// <param name="fluentBit">The binary to compare with; null: none.</param>
    /// <param name="records">Records a run.</param>
    public static IReadOnlyList<Scenario> Comparison(string auraLogs, string? fluentBit, long records)
    {
        var plain = new LoadOptions { Records = records };
        var steady = plain with { Records = SteadyRate * SteadySeconds, Rate = SteadyRate };
        Contender ours = new AuraLogsContender(auraLogs);
        Contender oursGzip = new AuraLogsContender(auraLogs, "gzip out", ["--AuraLogs:Elasticsearch:Gzip", "true"]);

        IReadOnlyList<Contender> Against(Contender first, params (string Settings, string Sync, string[] Output)[] others) =>
            fluentBit is null ? [first] : [first, .. others.Select(other => new FluentBitContender(fluentBit, other.Settings, other.Sync, other.Output))];

        return
        [
            new("plain", "Plain chunks of 1 MB", plain, Against(ours,
                ("defaults", "normal", []),
                ("full sync", "full", []),
                ("ids", "normal", ["generate_id on"]),
                ("full sync, ids", "full", ["generate_id on"]))),
            new("answers", "Plain chunks, Elasticsearch answers for each item", plain, Against(ours,
                ("buffer_size 16M", "normal", ["buffer_size 16M"])), FullAnswers: true),
            new("gzip-in", "gzip in", plain with { Mode = FrameMode.Gzip }, Against(ours, ("defaults", "normal", []))),
            new("gzip-out", "gzip out", plain, Against(oursGzip, ("gzip out", "normal", ["compress gzip"]))),
            new("gzip-both", "gzip in and out", plain with { Mode = FrameMode.Gzip }, Against(oursGzip, ("gzip out", "normal", ["compress gzip"]))),
            new("message", "One event a message", plain with { Mode = FrameMode.Message, InFlight = MessageInFlight },
                Against(ours, ("defaults", "normal", []))),
            new("steady", "20,000 records/s in chunks of 1 MB", steady, Against(ours, ("full sync", "full", []))),
            new("steady-small", "20,000 records/s in chunks of 140 KB", steady with { ChunkBytes = 140_000 },
                Against(ours, ("full sync", "full", []))),
            Daemonset(20_000, connections: 200, tags: 5_000),
            Daemonset(2_000, connections: 100, tags: 2_000),
            Daemonset(200, connections: 20, tags: 200),
        ];

        Scenario Daemonset(int rate, int connections, int tags) => new(
            $"daemonset-{rate}", $"{rate:N0} records/s in chunks of 6 KB, {connections} connections",
            plain with { Records = (long)rate * SteadySeconds, Rate = rate, ChunkBytes = DaemonsetChunkBytes, Connections = connections, Tags = tags },
            Against(ours, ("full sync", "full", [])));
    }

    /// <summary>The product alone, one dimension at a time: each gives a series of scenarios named <c>dimension=value</c>.</summary>
    public static IReadOnlyList<Scenario> Growth(string auraLogs, long records)
    {
        Contender ours = new AuraLogsContender(auraLogs);
        var plain = new LoadOptions { Records = records };
        var small = plain with { ChunkBytes = 70_000 };
        var large = plain with { RecordBytes = 2_000, Records = Math.Min(records, MostLargeRecords) };
        IEnumerable<Scenario> Series(string dimension, Func<int, LoadOptions> load, params int[] values) =>
            values.Select(value => new Scenario($"{dimension}={value}", $"{dimension} {value}", load(value), [ours]));

        return
        [
            .. Series("connections", value => small with { Connections = value, InFlight = value < 16 ? 4 : 1 }, 1, 4, 16, 64, 250, 1_000, 2_000),
            .. Series("chunk bytes", value => plain with { ChunkBytes = value, InFlight = Math.Clamp(4_000_000 / value, 1, 500) },
                700, 7_000, 70_000, 700_000, 8_000_000),
            .. Series("tags", value => small with { Tags = value }, 1, 10, 100, 1_000, 10_000),
            .. Series("fields", value => large with { ExtraFields = value - KubernetesRecord.RootFields }, 7, 20, 50, 100, 200),
            new("cores=1", "cores 1", plain, [ours], Cores: 1),
            new("cores=2", "cores 2", plain, [ours], Cores: 2),
        ];
    }
}
