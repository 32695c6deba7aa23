using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Operations;

public sealed class TopTests
{
    [Fact]
    public async Task The_command_shows_the_running_service()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);
        await LogTraffic.SendAsync(service, 120, "top");
        await ServiceStatus.WaitUntilDrainedAsync(service);

        var shown = await Script.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "auralogs"), ["top", "--url", service.Operations.ToString(), "--once"]);

        Assert.Contains("everything flows", shown, StringComparison.Ordinal);
        Assert.Contains("120 received = 120 indexed", shown, StringComparison.Ordinal);
    }
}
