using System.Diagnostics;
using System.Globalization;
using System.Net;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Faults;

/// <summary>
/// The product between a generator that keeps its promise and a sink that counts by sequence number, while a test or a soak lets
/// things fail. The end is always the same: the faults are over, everything that was sent has been acknowledged and has arrived once,
/// the ledger balances, no problem is left, and SIGTERM ends the process with 0.
/// </summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-faults-").FullName;
    private readonly FaultRunOptions _options;
    private readonly IFrames _frames;
    private readonly Generator _generator;
    private readonly IPEndPoint _forward;
    private readonly CancellationTokenSource _stopping = new();
    private Task<LoadResult>? _loading;

    private FaultRun(FaultRunOptions options)
    {
        _options = options;
        var network = options.Network;
        _frames = Generator.Prepare(options.Load);
        var load = network is null ? options.Load : options.Load with { NewSocket = network.NewOutsideSocket };
        _generator = new Generator(load, _frames);
        _forward = new IPEndPoint(network?.Inside ?? IPAddress.Loopback, Runner.FreePort());
        var operations = new IPEndPoint(IPAddress.Loopback, Runner.FreePort());
        Sink = network is null
            ? new Sink(0, options.Load.Records, shortAnswers: true, [])
            : network.Outside(() => new Sink(new IPEndPoint(FaultyNetwork.OutsideAddress, 0), options.Load.Records, shortAnswers: true, []));
        QueuePath = options.QueuePath ?? Path.Combine(_directory, "queue");
        Disk = options.WithDiskFaults ? new DiskFaults(QueuePath, Path.Combine(_directory, "faults"), options.Seed) : null;
        Service = new FaultyService(StartInfo(operations), Path.Combine(_directory, "service.log"));
        Health = new HealthLog(new Uri($"http://{operations}"), network?.InsideHandler() ?? new SocketsHttpHandler());
    }

    public FaultyService Service { get; }

    public Sink Sink { get; }

    /// <summary>Null when the run is not set up for it.</summary>
    public DiskFaults? Disk { get; }

    public HealthLog Health { get; }

    public string QueuePath { get; }

    /// <summary>Events acknowledged so far.</summary>
    public long Acknowledged => _generator.Progress.AckedFrames * _frames.EventsPerFrame;

    /// <summary>Events that have been sent or are about to be.</summary>
    public long Sent => _generator.Taken * _frames.EventsPerFrame;

    public LoadProgress Progress => _generator.Progress;

    /// <summary>The service's ledger before it was ended; null when it did not answer, and before.</summary>
    public LedgerFigures? LastLedger { get; private set; }

    /// <summary>Starts the product, and the load once it answers.</summary>
    public static async Task<FaultRun> StartAsync(FaultRunOptions options)
    {
        var run = new FaultRun(options);
        try
        {
            run.Service.Start();
            await run.WaitAsync("the first answer", () => run.Health.Answers > 0, StartLimit);
            run._loading = run._generator.RunAsync(run._forward, run._stopping.Token);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a condition; the limit only ends a run that has failed anyway.</summary>
    /// <exception cref="TimeoutException">It did not come, with the end of the service's log.</exception>
    public async Task WaitAsync(string what, Func<bool> condition, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Service.EndedByItself)
                throw new TimeoutException($"The process ended with {Service.Process.ExitCode} while {what} was awaited. {Figures}\n{Service.Tail(40)}");
            if (Stopwatch.GetElapsedTime(started) > (limit ?? SettleLimit))
                throw new TimeoutException($"In vain waited for {what}. {Figures}\n{Service.Tail(40)}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until so many further events have been acknowledged.</summary>
    public Task AcknowledgedMoreAsync(long count, TimeSpan? limit = null)
    {
        var goal = Acknowledged + count;
        return WaitAsync($"{count} acknowledgements", () => Acknowledged >= goal, limit);
    }

    /// <summary>Waits until the service tells of a problem.</summary>
    public Task ToldAsync(string code, TimeSpan? limit = null) =>
        WaitAsync($"the problem {code}", () => Health.Told.Contains(code), limit);

    /// <summary>Ends load and service, and judges.</summary>
    /// <returns>What is wrong; nothing when all is as it should be.</returns>
    /// <param name="told">The problems that must have been told of.</param>
    public async Task<IReadOnlyList<string>> EndAsync(params string[] told)
    {
        var wrong = new List<string>();
        try
        {
            // 1. The senders end, each with its last frame acknowledged; then the queue drains, and nothing is left to tell of.
            _generator.Stop();
            await WaitAsync("the last acknowledgement", () => _loading!.IsCompleted);
            await _loading!;
            await WaitAsync("an empty queue", () => Health.Ledger is { Queued: 0 } ledger && ledger.Received >= Acknowledged);
            await WaitAsync("the end of all problems", () => Health.Current is { Count: 0 });
        }
        catch (TimeoutException e)
        {
            wrong.Add(e.Message);
        }

        // 2. The account.
        if (Acknowledged != Sent)
            wrong.Add($"{Sent - Acknowledged} events of {Sent} were not acknowledged");
        if (Sink.Ledger.Missing(Sent) is > 0 and var missing)
            wrong.Add($"{missing} events are missing of {Acknowledged} acknowledged");
        if (Sink.Ledger.Duplicates > 0)
            wrong.Add($"{Sink.Ledger.Duplicates} events are in the index twice");
        if (Sink.Ledger.Strangers > 0)
            wrong.Add($"{Sink.Ledger.Strangers} documents were never sent");
        LastLedger = Health.Ledger;
        if (LastLedger is not { } ledger)
            wrong.Add("the service does not answer");
        else if (!ledger.Balances || ledger.Quarantined > 0 || ledger.DeadLettered > 0 || ledger.Indexed + ledger.Duplicates < Acknowledged)
            wrong.Add($"the ledger is wrong: {ledger}");
        wrong.AddRange(told.Except(Health.Told).Select(code => $"nobody was told of {code}"));

        // 3. The end.
        if (!Service.IsRunning)
            wrong.Add("the process has ended by itself");
        else if (await Service.TerminateAsync() is var exitCode and not 0)
            wrong.Add(exitCode is null ? "SIGTERM did not end the process" : $"the exit code is {exitCode}");
        if (wrong.Count > 0)
            wrong.Add($"{Figures}\n{Service.Tail(60)}");
        return wrong;
    }

    /// <summary>The figures of this moment, for a report.</summary>
    public string Figures => string.Create(CultureInfo.InvariantCulture,
        $"{Acknowledged} of {Sent} events acknowledged, {Progress.ResentFrames} frames sent again; {Sink.Ledger.Created} created, {Sink.Ledger.Conflicts} conflicts, {Sink.Ledger.Duplicates} twice; {Service.Starts} starts; {Disk?.Hits ?? 0} disk faults; told: {string.Join(", ", Health.Told)}; now: {string.Join(", ", Health.Current ?? ["no answer"])}; {Health.Ledger}");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_loading is not null)
            await ((Task)_loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Disk?.Clear();
        await Health.DisposeAsync();
        await Service.DisposeAsync();
        await Sink.DisposeAsync();
        Disk?.Dispose();
        _stopping.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private ProcessStartInfo StartInfo(IPEndPoint operations)
    {
        var elasticsearch = new IPEndPoint(_options.Network is null ? IPAddress.Loopback : FaultyNetwork.OutsideAddress, Sink.Port);
        string[] arguments =
        [
            $"--AuraLogs:Forward:Address={_forward.Address}",
            $"--AuraLogs:Forward:Port={_forward.Port}",
            $"--AuraLogs:Operations:Address={operations.Address}",
            $"--AuraLogs:Operations:Port={operations.Port}",
            $"--AuraLogs:Queue:Path={QueuePath}",
            $"--AuraLogs:Elasticsearch:Urls=http://{elasticsearch}",
            // The sink remembers no templates and policies, and indexing waits for them.
            "--AuraLogs:Lifecycle:Enabled=false",
            "--AuraLogs:Indexing:MaxRetryDelay=00:00:01",
            "--AuraLogs:Indexing:SlowRetryDelay=00:00:01",
            .. _options.Settings.Select(setting => $"--{setting}"),
        ];
        var start = _options.Network is { } network
            ? network.StartInside(_options.Product, arguments)
            : new ProcessStartInfo(_options.Product, arguments);
        start.WorkingDirectory = _directory;
        foreach (var (name, value) in (Disk?.Environment ?? new Dictionary<string, string>()).Concat(_options.Environment))
            start.Environment[name] = value;
        return start;
    }
}
