using System.Diagnostics;
using AuraLogs.LoadTests.Faults;

namespace AuraLogs.Faults;

/// <summary>
/// LazyFS (https://github.com/dsrhaslab/lazyfs) on a directory of the test's own: a FUSE file system that keeps what is written until it is
/// synced, and forgets the rest when told to, as a power failure does.
/// </summary>
internal sealed class LazyFileSystem : IAsyncDisposable
{
    public const string Program = "lazyfs";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Short names: LazyFS reads a command, with the path in it, up to a hundred bytes.
    private readonly string _directory = Directory.CreateTempSubdirectory("lz").FullName;
    private readonly string _root;
    private readonly string _faults;
    private readonly string _completed;
    private readonly SemaphoreSlim _cleared = new(0);
    private Process? _process;

    private LazyFileSystem()
    {
        _root = Directory.CreateDirectory(Path.Combine(_directory, "r")).FullName;
        Mount = Directory.CreateDirectory(Path.Combine(_directory, "m")).FullName;
        _faults = Path.Combine(_directory, "faults.fifo");
        _completed = Path.Combine(_directory, "completed.fifo");
    }

    /// <summary>Where it is mounted.</summary>
    public string Mount { get; }

    public static async Task<LazyFileSystem> MountAsync()
    {
        var fileSystem = new LazyFileSystem();
        await File.WriteAllTextAsync(Path.Combine(fileSystem._directory, "config.toml"), $"""
            [faults]
            fifo_path="{fileSystem._faults}"
            fifo_path_completed="{fileSystem._completed}"
            [cache]
            apply_eviction=false
            [cache.simple]
            custom_size="0.25gb"
            blocks_per_page=1
            [filesystem]
            log_all_operations=false
            logfile="{Path.Combine(fileSystem._directory, "lazyfs.log")}"
            """);
        try
        {
            await fileSystem.StartAsync();
            return fileSystem;
        }
        catch
        {
            await fileSystem.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loses everything that was not synced.</summary>
    public async Task LosePowerAsync()
    {
        await CommandAsync("lazyfs::clear-cache");
        if (!await _cleared.WaitAsync(Limit))
            throw new InvalidOperationException("LazyFS did not clear its cache.");
    }

    /// <summary>
    /// The next write to the file reaches the disk in part only: of so many equal parts the named ones, counted from 1. Then the
    /// file system ends, as in a power failure.
    /// </summary>
    public Task TearAsync(string file, int parts, string persisted) =>
        CommandAsync($"lazyfs::torn-op::file={file.Replace(Mount, _root, StringComparison.Ordinal)}::persist={persisted}::parts={parts}");

    /// <summary>Whether it has ended, as it does once it has torn a write.</summary>
    public bool HasEnded => _process is { HasExited: true };

    /// <summary>Mounts it again after it has ended.</summary>
    public async Task RestartAsync()
    {
        Programs.TryRun("umount", "-l", Mount);
        _process!.Dispose();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Programs.TryRun("umount", "-l", Mount);
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _cleared.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync()
    {
        File.Delete(_faults);
        File.Delete(_completed);
        _process = Process.Start(new ProcessStartInfo(
            Programs.Find(Program)!, [Mount, "--config-path", Path.Combine(_directory, "config.toml"), "-o", "allow_other", "-o", "modules=subdir", "-o", $"subdir={_root}", "-f"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var start = Stopwatch.GetTimestamp(); !IsMounted(); await Task.Delay(50))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > Limit)
                throw new InvalidOperationException("LazyFS can't be mounted here.");
        }

        // It takes no command before somebody listens to what it has completed; it ends the pipe with its own end.
        _ = Task.Factory.StartNew(Listen, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Listen()
    {
        using var completed = new StreamReader(_completed);
        while (completed.ReadLine() is { } line)
        {
            if (line.Contains("clear-cache", StringComparison.Ordinal))
                _cleared.Release();
        }
    }

    private bool IsMounted() =>
        File.Exists(_faults) && File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ')[1] == Mount);

    private async Task CommandAsync(string command)
    {
        await using var pipe = new FileStream(_faults, FileMode.Open, FileAccess.Write);
        await pipe.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{command}\n")).AsTask().WaitAsync(Limit);
    }
}
