using System.Diagnostics;
using System.Globalization;

namespace AuraLogs.LoadTests.Measuring;

/// <summary>What a process has used so far, as Linux counts it; https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html.</summary>
/// <param name="User">CPU time in user mode, all threads.</param>
/// <param name="System">CPU time in the kernel.</param>
/// <param name="ResidentBytes">Memory resident now.</param>
/// <param name="PeakResidentBytes">The most memory that was ever resident (VmHWM).</param>
/// <param name="Threads">Threads now.</param>
/// <param name="Handles">Open files and sockets now.</param>
internal readonly record struct ProcessUsage(
    TimeSpan User, TimeSpan System, long ResidentBytes, long PeakResidentBytes, int Threads, int Handles)
{
    private const double TicksPerSecond = 100;

    public TimeSpan Cpu => User + System;

    public static ProcessUsage Of(Process process)
    {
        var directory = $"/proc/{process.Id}";
        // The command's name may contain spaces, so the fields are counted after its closing parenthesis: the third is the first.
        var stat = File.ReadAllText($"{directory}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var status = File.ReadLines($"{directory}/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        return new ProcessUsage(
            Ticks(fields[11]), Ticks(fields[12]), Kilobytes(status["VmRSS"]), Kilobytes(status["VmHWM"]),
            int.Parse(status["Threads"], CultureInfo.InvariantCulture), Directory.GetFileSystemEntries($"{directory}/fd").Length);
    }

    private static TimeSpan Ticks(string text) => TimeSpan.FromSeconds(long.Parse(text, CultureInfo.InvariantCulture) / TicksPerSecond);

    private static long Kilobytes(string text) => long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) << 10;
}
