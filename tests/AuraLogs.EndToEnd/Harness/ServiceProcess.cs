using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AuraLogs.EndToEnd.Harness;

/// <summary>
/// The real service in a process of its own, on free ports, with its data in a directory of the test's.
/// The line that it prints when it is ready says which ports it got.
/// </summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Match> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => _process = process;

    public int ForwardPort { get; private set; }

    public Uri Operations { get; private set; } = null!;

    public Uri Elasticsearch { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>Everything printed so far, on both streams.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <param name="directory">Holds the queue and the local Elasticsearch; the same one again is a restart.</param>
    /// <param name="settings">Further settings, as in <c>("AuraLogs:Queue:MaxBytes", "1000000")</c>.</param>
    public static Task<ServiceProcess> StartAsync(string directory, params (string Key, string Value)[] settings) =>
        StartAsync(directory, new Dictionary<string, string>(), settings);

    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables beside those of the test's own process.</param>
    /// <param name="settings">Further settings; they win over the environment.</param>
    public static Task<ServiceProcess> StartAsync(
        string directory, IReadOnlyDictionary<string, string> environment, params (string Key, string Value)[] settings) =>
        StartAsync(directory, environment, [], settings);

    /// <param name="directory">Its working directory.</param>
    /// <param name="environment">Variables beside those of the test's own process.</param>
    /// <param name="by">A program that becomes the service, with its arguments, as <c>prlimit</c> does; none for the service itself.</param>
    /// <param name="settings">Further settings; they win over the environment.</param>
    public static async Task<ServiceProcess> StartAsync(
        string directory, IReadOnlyDictionary<string, string> environment, string[] by, params (string Key, string Value)[] settings)
    {
        var service = Launch(directory, environment, settings, by);
        try
        {
            var ready = await service._ready.Task.WaitAsync(StartLimit);
            service.ForwardPort = int.Parse(ready.Groups["forward"].Value, null);
            service.Operations = new Uri(ready.Groups["operations"].Value);
            service.Elasticsearch = new Uri(ready.Groups["elasticsearch"].Value.Split(',')[0]);
            return service;
        }
        catch (Exception e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"The service did not become ready. It printed:\n{service.Output}", e);
        }
    }

    /// <summary>Starts the service where it is expected to refuse, and returns its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(
        string directory, params (string Key, string Value)[] settings)
    {
        await using var service = Launch(directory, new Dictionary<string, string>(), settings);
        await service._process.WaitForExitAsync().WaitAsync(StartLimit);
        return (service._process.ExitCode, service.Output);
    }

    /// <summary>Starts the service and does not wait for anything.</summary>
    public static ServiceProcess Begin(string directory, params (string Key, string Value)[] settings) =>
        Launch(directory, new Dictionary<string, string>(), settings);

    /// <summary>Whether the process handles a signal by itself (<c>SigCgt</c> of proc(5)).</summary>
    public bool Catches(int signal)
    {
        try
        {
            var caught = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[7..].Trim();
            return (Convert.ToUInt64(caught, 16) & (1UL << (signal - 1))) != 0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false;
        }
    }

    public void Signal(int signal) => _ = SendSignal(_process.Id, signal);

    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing can be finished.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
    }

    /// <summary>SIGTERM, as Kubernetes sends it.</summary>
    /// <returns>The exit code, and how long the end took.</returns>
    public async Task<(int ExitCode, TimeSpan Duration)> TerminateAsync()
    {
        var started = Stopwatch.GetTimestamp();
        SendSignal(_process.Id, SigTerm);
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static ServiceProcess Launch(
        string directory, IReadOnlyDictionary<string, string> environment, (string Key, string Value)[] settings, params string[] by)
    {
        string[] program = [.. by, Path.Combine(AppContext.BaseDirectory, "auralogs")];
        var start = new ProcessStartInfo(program[0], program[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        (string Key, string Value)[] defaults =
        [
            ("AuraLogs:Forward:Address", "127.0.0.1"),
            ("AuraLogs:Forward:Port", "0"),
            ("AuraLogs:Operations:Address", "127.0.0.1"),
            ("AuraLogs:Operations:Port", "0"),
            ("AuraLogs:LocalElasticsearch:Port", "0"),
        ];
        foreach (var (key, value) in defaults.Concat(settings))
            start.ArgumentList.Add($"--{key}={value}");

        var service = new ServiceProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        service._process.OutputDataReceived += (_, line) => service.Take(line.Data);
        service._process.ErrorDataReceived += (_, line) => service.Take(line.Data);
        service._process.Exited += (_, _) => service._ready.TrySetException(new InvalidOperationException("The process ended."));
        service._process.Start();
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        return service;
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (ReadyLine().Match(line) is { Success: true } ready)
            _ready.TrySetResult(ready);
    }

    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    [GeneratedRegex(@"forward on [^ ]*:(?<forward>\d+), operations on (?<operations>http://[^ ,""]+), Elasticsearch at (?<elasticsearch>http[^ ""]+), queue in")]
    private static partial Regex ReadyLine();
}
