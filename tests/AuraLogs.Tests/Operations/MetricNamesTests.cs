using System.Text.RegularExpressions;
using AuraLogs.Tests.Architecture;

namespace AuraLogs.Tests.Operations;

/// <summary>The table in docs/metrics.md against the instruments in the code.</summary>
public sealed partial class MetricNamesTests
{
    [Fact]
    public void The_table_has_every_instrument_and_no_other_with_its_type()
    {
        var documented = Row().Matches(Repository.Read("docs/metrics.md"))
            .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["type"].Value);

        Assert.Equal(Instruments().Order(), documented.Select(metric => (metric.Key, metric.Value)).Order());
    }

    [Fact]
    public void Names_follow_the_rules_of_Prometheus()
    {
        foreach (var (name, type) in Instruments())
        {
            Assert.Matches("^auralogs_[a-z]+(_[a-z]+)*$", name);
            Assert.True(type == "counter" == name.EndsWith("_total", StringComparison.Ordinal), $"{name} is a {type}");
            if (type == "histogram")
                Assert.Matches("_(seconds|bytes)$", name);
        }
    }

    private static List<(string Name, string Type)> Instruments() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "AuraLogs"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
            .Select(match => (match.Groups["name"].Value, TypeOf(match.Groups["kind"].Value))),
    ];

    private static string TypeOf(string kind) => kind switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "SecondsHistogram" or "SizeHistogram" => "histogram",
        _ => "gauge",
    };

    [GeneratedRegex("""(?:Create(?<kind>\w+?)(?:<\w+>)?|(?<kind>Gauge))\(\s*"(?<name>auralogs_\w+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("""^\| `(?<name>auralogs_\w+)` \| (?<type>\w+) \|""", RegexOptions.Multiline)]
    private static partial Regex Row();
}
