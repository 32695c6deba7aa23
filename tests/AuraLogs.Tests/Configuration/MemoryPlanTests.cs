using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;
using AuraLogs.Hosting.Start;
using AuraLogs.Memory;

namespace AuraLogs.Tests.Configuration;

public sealed class MemoryPlanTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(256)]
    [InlineData(384)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(65536)]
    public void By_default_everything_fits_whatever_the_container_has(long machine)
    {
        var options = new AuraLogsOptions();
        var (sizes, mistakes) = Fit(options, machine * MiB);
        Assert.Empty(mistakes);
        Assert.InRange(sizes.Total, 1, options.MaxMemory);
        Assert.InRange(options.MaxMemory + MemoryPlan.RuntimeBytes, 1, machine * MiB);
        Assert.Equal((options.Forward.MaxReceiveBytes, options.Indexing.MaxInFlightBytes), (sizes.Receiving, sizes.Sending));
        Assert.InRange(options.Forward.MaxMessageBytes, 8 * MiB, options.Forward.MaxReceiveBytes / 2);
        Assert.InRange(options.Indexing.MaxInFlightBytes, 2L * options.Indexing.MaxRequestBytes, 64 * MiB);
    }

    [Fact]
    public void With_memory_enough_the_defaults_are_those_that_the_options_name()
    {
        var (options, defaults) = (new AuraLogsOptions(), new AuraLogsOptions());
        Fit(options, 2048 * MiB);
        Assert.Equal(MemoryPlan.MostByDefault, options.MaxMemory);
        Assert.Equal(defaults.Forward.MaxReceiveBytes, options.Forward.MaxReceiveBytes);
        Assert.Equal(defaults.Forward.MaxMessageBytes, options.Forward.MaxMessageBytes);
        Assert.Equal(defaults.Indexing.MaxInFlightBytes, options.Indexing.MaxInFlightBytes);
    }

    [Fact]
    public void What_is_configured_is_held_to_and_told_when_it_does_not_fit_with_what_to_change()
    {
        var options = new AuraLogsOptions { Forward = { MaxReceiveBytes = 512 * MiB } };
        var (sizes, mistakes) = Fit(options, 512 * MiB, "AuraLogs:Forward:MaxReceiveBytes");
        Assert.Equal(512 * MiB, sizes.Receiving);
        string mistake = Assert.Single(mistakes);
        Assert.StartsWith("AuraLogs:MaxMemory is ", mistake, StringComparison.Ordinal);
        Assert.Contains($"AuraLogs:Forward:MaxReceiveBytes {512 * MiB}", mistake, StringComparison.Ordinal);
        Assert.Contains($"raise AuraLogs:MaxMemory to {sizes.Total}", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_larger_than_half_of_what_there_is_to_receive_into_is_told()
    {
        var options = new AuraLogsOptions();
        var (_, mistakes) = Fit(options, 256 * MiB, "AuraLogs:Forward:MaxMessageBytes");
        Assert.StartsWith($"AuraLogs:Forward:MaxMessageBytes ({64 * MiB}) must be at most half", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(128, 0)]
    [InlineData(1024, 1000)]
    public void More_than_the_container_has_is_told(long machine, long maxMemory)
    {
        var (_, mistakes) = Fit(new AuraLogsOptions { MaxMemory = maxMemory * MiB }, machine * MiB, "AuraLogs:Nothing");
        Assert.Contains(mistakes, mistake => mistake.StartsWith("AuraLogs:MaxMemory is ", StringComparison.Ordinal) && mistake.Contains("this container or machine has", StringComparison.Ordinal));
    }

    private static (MemorySizes Sizes, IReadOnlyList<string> Mistakes) Fit(AuraLogsOptions options, long machine, params string[] set)
    {
        var errors = new ConfigurationErrors();
        var sizes = MemoryPlan.Fit(options, set.Contains, machine, errors);
        return (sizes, errors.Messages);
    }
}
