using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;

namespace AuraLogs.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        var options = ConfigurationLoader.Load([]).Options;

        Assert.Equal(24224, options.Forward.Port);
        Assert.Equal(8080, options.Operations.Port);
        Assert.Equal("data/queue", options.Queue.Path);
        Assert.Equal("aura-services", options.Indexing.IndexPrefix);
        Assert.Equal(7, options.Lifecycle.RetentionDays);
        Assert.True(options.Elasticsearch.IsLocal);
    }

    [Fact]
    public void The_command_line_is_read_in_both_forms()
    {
        var options = ConfigurationLoader.Load(["--AuraLogs:Queue:Path", "/data", "--auralogs:lifecycle:retentiondays=30"]).Options;

        Assert.Equal("/data", options.Queue.Path);
        Assert.Equal(30, options.Lifecycle.RetentionDays);
    }

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var mistakes = MistakesOf(
            "--AuraLogs:Queue:MaxBytes=much", "--AuraLogs:Quue:Path=x", "--AuraLogs:Lifecycle:Enabled=perhaps", "stray", "--AuraLogs:Queue:Path");

        Assert.Collection(
            mistakes.Order(StringComparer.Ordinal),
            m => Assert.StartsWith("--AuraLogs:Queue:Path needs a value", m, StringComparison.Ordinal),
            m => Assert.StartsWith("AuraLogs:Lifecycle:Enabled can't be read: it must be true or false", m, StringComparison.Ordinal),
            m => Assert.StartsWith("AuraLogs:Queue:MaxBytes can't be read: it must be a whole number", m, StringComparison.Ordinal),
            m => Assert.StartsWith("AuraLogs:Quue is not a setting", m, StringComparison.Ordinal),
            m => Assert.StartsWith("stray is not a command or a setting", m, StringComparison.Ordinal));
    }

    [Fact]
    public void Values_out_of_range_are_reported_together()
    {
        var mistakes = MistakesOf("--AuraLogs:Forward:Port=70000", "--AuraLogs:Lifecycle:RetentionDays=0", "--AuraLogs:Elasticsearch:Urls=ftp://x",
            "--AuraLogs:LocalElasticsearch:Version=6.8.0", "--AuraLogs:LocalElasticsearch:Address=here");

        Assert.Contains(mistakes, m => m.StartsWith("AuraLogs:Forward:Port", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("AuraLogs:Lifecycle:RetentionDays", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("AuraLogs:Elasticsearch:Urls", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("AuraLogs:LocalElasticsearch:Version", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("AuraLogs:LocalElasticsearch:Address", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--AuraLogs:Queue=x", "AuraLogs:Queue is a section, not a value.")]
    [InlineData("--AuraLogs:Queue:Path:Deep=x", "AuraLogs:Queue:Path is a value, not a section.")]
    [InlineData("--AuraLogs:Forward:Port=", "AuraLogs:Forward:Port is empty; it must be a whole number.")]
    [InlineData("--Unknown:Section=x", "--Unknown:Section is not a command or a setting: settings look like --AuraLogs:Queue:Path=data/queue.")]
    public void A_key_in_the_wrong_place_is_named(string argument, string mistake) => Assert.Equal([mistake], MistakesOf(argument));

    [Fact]
    public void The_queues_directory_is_its_own() => Assert.Equal(
        ["AuraLogs:Indexing:DeadLetterPath must be another directory than AuraLogs:Queue:Path."],
        MistakesOf("--AuraLogs:Indexing:DeadLetterPath=data/x", "--AuraLogs:Queue:Path=./data/x"));

    private static IReadOnlyList<string> MistakesOf(params string[] arguments) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(arguments)).Mistakes;
}
