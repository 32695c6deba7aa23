using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>What a result depends on besides the products: written above every table.</summary>
internal static class Conditions
{
    public static string Describe(string? fluentBit)
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        var load = File.ReadAllText("/proc/loadavg").Split(' ');
        return string.Create(CultureInfo.InvariantCulture, $"""
            - {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}
            - {Environment.ProcessorCount} cores ({cpu}), {memory:f0} GB; generator, sink and contender share them over the loopback
            - load average at the start: {load[0]}, {load[1]}, {load[2]}: what else the machine does shows here
            - peer: {(fluentBit is null ? "none on the PATH" : Version(fluentBit))}
            """);
    }

    private static string Version(string executable)
    {
        using var process = Process.Start(new ProcessStartInfo(executable, ["--version"]) { RedirectStandardOutput = true })!;
        var version = process.StandardOutput.ReadLine() ?? "";
        process.WaitForExit();
        return version;
    }
}
