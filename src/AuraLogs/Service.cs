using AuraLogs.Configuration;

namespace AuraLogs;
internal static class Service
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ConfigurationLoader.Load(arguments);
        await Task.Delay(1, cancellationToken);
        return 0;
    }
}
