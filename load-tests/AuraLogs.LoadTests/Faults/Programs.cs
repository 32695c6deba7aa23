using System.ComponentModel;
using System.Diagnostics;

namespace AuraLogs.LoadTests.Faults;

/// <summary>The system's programs that make faults: gcc, ip, nft, mount.</summary>
internal static class Programs
{
    /// <summary>The path of a program, or null when this machine has none of that name.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs one to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed, with what it said.</exception>
    public static void Run(string program, params string[] arguments)
    {
        if (TryRun(program, arguments) is { } reason)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {reason}");
    }

    /// <summary>Null, or why it failed.</summary>
    public static string? TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Find(program) ?? program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{errors} {output.GetAwaiter().GetResult().Trim()} (exit code {process.ExitCode})".Trim();
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
