using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>Another's server that runs beside a test, and ends with it.</summary>
internal sealed class BackgroundProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private BackgroundProgram(Process process) => _process = process;

    public string Output => string.Join('\n', _output);

    public static BackgroundProgram Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Tools.Find(program) ?? program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var running = new BackgroundProgram(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => running.Take(line.Data);
        running._process.ErrorDataReceived += (_, line) => running.Take(line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Waits until it prints the line that says where it listens.</summary>
    /// <param name="line">Its group <c>address</c> is the address and port.</param>
    public async Task<Uri> ListeningAsync(Regex line)
    {
        var match = await Wait.UntilAsync(
            () => Task.FromResult(line.Match(Output)),
            found => found.Success || _process.HasExited,
            explain: () => Output);
        return match.Success ? new Uri($"http://{match.Groups["address"].Value}") : throw new InvalidOperationException($"It ended:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
