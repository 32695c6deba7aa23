using System.Diagnostics;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>An aggregator with its settings. Each run starts it anew on an empty directory.</summary>
internal abstract class Contender(string product, string settings)
{
    public string Product => product;

    public string Settings => settings;

    public string Name => settings.Length == 0 ? product : $"{product}, {settings}";

    /// <summary>The command line that listens for the forward protocol on one port and indexes into another.</summary>
    protected abstract ProcessStartInfo Command(int forwardPort, int elasticsearchPort, string directory);

    /// <summary>The command line, bound to the first cores when it may not use all (0: all).</summary>
    public ProcessStartInfo StartInfo(int forwardPort, int elasticsearchPort, string directory, int cores)
    {
        var command = Command(forwardPort, elasticsearchPort, directory);
        command.WorkingDirectory = directory;
        if (cores == 0)
            return command;

        var bound = new ProcessStartInfo("taskset", ["--cpu-list", $"0-{cores - 1}", command.FileName, .. command.ArgumentList])
        {
            WorkingDirectory = directory,
        };
        foreach (var (name, value) in command.Environment)
            bound.Environment[name] = value;
        return bound;
    }
}
