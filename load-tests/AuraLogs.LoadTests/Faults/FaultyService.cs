using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AuraLogs.LoadTests.Faults;

/// <summary>
/// The product as a process that is stopped, killed and started again on the same directory and the same ports, as a pod is. What it
/// prints goes to <c>service.log</c> in that directory.
/// </summary>
internal sealed partial class FaultyService : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigStop = 19;
    private const int SigCont = 18;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(45);

    private readonly ProcessStartInfo _start;
    private readonly StreamWriter _log;
    private Process? _process;

    public FaultyService(ProcessStartInfo start, string logPath)
    {
        _start = start;
        _start.RedirectStandardOutput = _start.RedirectStandardError = true;
        LogPath = logPath;
        _log = new StreamWriter(new FileStream(logPath, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public string LogPath { get; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How often it ended although nobody had ended it, with the exit codes.</summary>
    public List<int> Crashes { get; } = [];

    /// <summary>What <see cref="TerminateAsync"/> has returned so far.</summary>
    public List<int?> ExitCodes { get; } = [];

    /// <summary>Whether it is running; also when it is stopped by a signal.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Whether it has ended although nobody ended it.</summary>
    public bool EndedByItself => _process is { HasExited: true };

    public Process Process => _process ?? throw new InvalidOperationException("It does not run.");

    public void Start()
    {
        Starts++;
        var process = new Process { StartInfo = _start };
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>Starts it again when it has ended by itself, as an orchestrator does.</summary>
    /// <returns>Whether it had.</returns>
    public bool StartAgainIfEnded()
    {
        if (!EndedByItself)
            return false;
        var exitCode = Forget();
        Crashes.Add(exitCode);
        Log($"--- ended by itself with {exitCode}; started again");
        Start();
        return true;
    }

    public async Task KillAsync()
    {
        Log("--- SIGKILL");
        Process.Kill();
        await Process.WaitForExitAsync().WaitAsync(EndLimit);
        Forget();
    }

    /// <summary>SIGTERM, as Kubernetes sends it, and the exit code; null when it did not end in time, and was killed.</summary>
    public async Task<int?> TerminateAsync()
    {
        Log("--- SIGTERM");
        Send(SigTerm);
        try
        {
            await Process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            await KillAsync();
            ExitCodes.Add(null);
            return null;
        }

        ExitCodes.Add(Forget());
        return ExitCodes[^1];
    }

    public void Pause() => Send(SigStop);

    public void Continue() => Send(SigCont);

    public void Send(int signal) => _ = SendSignal(Process.Id, signal);

    public void Log(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.WriteLine(line);
    }

    public string Tail(int lines)
    {
        using var reader = new StreamReader(new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(lines));
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
            await KillAsync();
        _process?.Dispose();
        lock (_log)
            _log.Dispose();
    }

    /// <returns>The exit code.</returns>
    private int Forget()
    {
        using var process = Process;
        _process = null;
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
