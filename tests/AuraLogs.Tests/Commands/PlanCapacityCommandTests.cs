using System.Globalization;
using AuraLogs.Commands;
using Spectre.Console;

namespace AuraLogs.Tests.Commands;

public sealed class PlanCapacityCommandTests
{
    private static readonly CapacityPlan Plan = new()
    {
        Nodes = 20,
        Events = 100,
        Bytes = 700,
        Days = 7,
        Replicas = 2,
        Outage = TimeSpan.FromHours(4),
        IndexRatio = 0.5,
        Copies = 2,
        Price = 0.02,
    };

    /// <summary>By hand: 2,000 events/s of 700 bytes are 1.4 MB/s, 120.96 GB a day, half of that in a primary shard.</summary>
    [Fact]
    public void Each_figure_follows_from_the_load_by_its_formula()
    {
        Assert.Equal(1.4e6, Plan.Rate);
        Assert.Equal(10.08e9, Plan.QueueBytes);
        Assert.Equal(11.2e9, Plan.VolumeBytes);
        Assert.Equal(60.48e9, Plan.IndexBytesADay);
        Assert.Equal(1138.447e9, Plan.ElasticsearchBytes, 1e6);
        Assert.Equal(22.0752e12, Plan.SnapshotBytes, 1e6);
        Assert.Equal(5298.05, Plan.SnapshotYear!.Value, 0.01);
    }

    /// <summary>The table in deploy/README.md for two replicas of 10 Gi and 700 bytes, read the other way round.</summary>
    [Theory]
    [InlineData(500, 15.3)]
    [InlineData(2000, 3.8)]
    [InlineData(10000, 46.0 / 60)]
    public void A_volume_of_10_Gi_bridges_what_the_documentation_says(double events, double hours)
    {
        var plan = Plan with { Nodes = 1, Events = events, Outage = TimeSpan.FromHours(hours) };

        Assert.InRange(plan.VolumeBytes, 0.97 * (10L << 30), 1.03 * (10L << 30));
    }

    [Fact]
    public void It_shows_them_and_no_cost_without_a_price()
    {
        var shown = Show(Plan);

        Assert.Matches(@"Load\s+2,000 events/s, 1.3Mi/s", shown);
        Assert.Matches(@"Volume of each AuraLogs replica\s+10.4Gi for 4 h", shown);
        Assert.Matches(@"Elasticsearch, all nodes\s+1Ti for 7 days and 2 copies", shown);
        Assert.Matches(@"Snapshots of a year\s+20.1Ti", shown);
        Assert.Matches(@"Their cost in a year\s+5,298.05", shown);
        Assert.DoesNotContain("cost", Show(Plan with { Price = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan-capacity --events 5", "--nodes")]
    [InlineData("plan-capacity --nodes 0 --events 5", "--nodes must be a number above 0.")]
    [InlineData("plan-capacity --nodes 5 --events -1", "--events must be a number above 0.")]
    [InlineData("plan-capacity --nodes 5 --events 1 --price NaN", "--price must be a number above 0.")]
    public void Nonsense_is_refused(string line, string reason)
    {
        var parsed = AuraLogsCommand.Create(_ => Task.FromResult(0)).Parse(line);

        Assert.Contains(parsed.Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
    }

    private static string Show(CapacityPlan plan)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        Assert.Equal(0, PlanCapacityCommand.Write(console, plan));
        return output.ToString();
    }
}
