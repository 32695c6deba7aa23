using System.Diagnostics;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>The published product.</summary>
/// <param name="executable">Its published executable.</param>
/// <param name="settings">What differs from the defaults, in words.</param>
/// <param name="arguments">The same as configuration arguments.</param>
/// <param name="environment">Runtime settings to compare, as <c>DOTNET_GCConserveMemory=5</c>.</param>
internal sealed class AuraLogsContender(string executable, string settings = "", string[]? arguments = null, string[]? environment = null)
    : Contender("AuraLogs", settings)
{
    protected override ProcessStartInfo Command(int forwardPort, int elasticsearchPort, string directory)
    {
        var command = new ProcessStartInfo(executable,
        [
            "--AuraLogs:Forward:Address", "127.0.0.1",
            "--AuraLogs:Forward:Port", $"{forwardPort}",
            "--AuraLogs:Operations:Address", "127.0.0.1",
            "--AuraLogs:Operations:Port", "0",
            "--AuraLogs:Queue:Path", Path.Combine(directory, "queue"),
            "--AuraLogs:Elasticsearch:Urls", $"http://127.0.0.1:{elasticsearchPort}",
            // The sink remembers no templates and policies, and indexing waits for them.
            "--AuraLogs:Lifecycle:Enabled", "false",
            .. arguments ?? [],
        ]);
        foreach (var setting in environment ?? [])
            command.Environment[setting.Split('=')[0]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return command;
    }
}
