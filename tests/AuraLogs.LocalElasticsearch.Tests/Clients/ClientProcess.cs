using System.Diagnostics;

namespace AuraLogs.LocalElasticsearch.Tests.Clients;

/// <summary>Somebody else's program. <c>.ci/install-tools</c> brings what the tests need.</summary>
internal static class ClientProcess
{
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", name);

    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Debian's own libraries, whatever Python the machine prefers.
        start.Environment["LC_ALL"] = "C.UTF-8";
        return Process.Start(start)!;
    }

    /// <summary>Runs to the end and insists on exit code 0.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors} {await output}");
        return await output + await errors;
    }
}
