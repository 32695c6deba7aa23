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
            .SelectMany(file => InstrumentsOf(File.ReadAllText(file))),
    ];

    // A name that something else reads too is a constant of the class that has the instrument.
    private static IEnumerable<(string Name, string Type)> InstrumentsOf(string source)
    {
        var constants = Constant().Matches(source).ToDictionary(match => match.Groups["constant"].Value, match => match.Groups["name"].Value);
        return Instrument().Matches(source)
            .Where(match => match.Groups["name"].Success || constants.ContainsKey(match.Groups["constant"].Value))
            .Select(match => (
                match.Groups["name"] is { Success: true } name ? name.Value : constants[match.Groups["constant"].Value],
                TypeOf(match.Groups["kind"].Value)));
    }

    private static string TypeOf(string kind) => kind switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "SecondsHistogram" => "histogram",
        _ => "gauge",
    };

    [GeneratedRegex("""(?:Create(?<kind>\w+?)(?:<\w+>)?|(?<kind>Gauge))\(\s*(?:"(?<name>auralogs_\w+)|(?<constant>\w+Name)\b)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("""const string (?<constant>\w+Name) = "(?<name>auralogs_\w+)""")]
    private static partial Regex Constant();

    [GeneratedRegex("""^\| `(?<name>auralogs_\w+)` \| (?<type>\w+) \|""", RegexOptions.Multiline)]
    private static partial Regex Row();
}
