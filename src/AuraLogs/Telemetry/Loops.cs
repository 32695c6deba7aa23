namespace AuraLogs.Telemetry;

/// <summary>
/// Everything that the service does in the background runs here, under a name, from its start to its stop. A loop that ends in any
/// other way than by being stopped has failed, whether it threw or returned, and no failure goes unseen: the first one completes
/// <see cref="Failed"/>, which ends the process. A loop that keeps nothing but figures or answers nothing but questions may be started again instead.
/// Safe for all threads.
/// </summary>
internal sealed partial class Loops(TimeProvider time, ILogger<Loops> logger)
{
    /// <summary>Between the failure of a loop that is started again and its start.</summary>
    public static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Loop> _running = [];
    private readonly TaskCompletionSource<LoopFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first failure; the process has to end then.</summary>
    public Task<LoopFailure> Failed => _failed.Task;

    /// <summary>The names of the loops that run now, in the order of their start.</summary>
    public IReadOnlyList<string> Running
    {
        get
        {
            lock (_lock)
                return [.. _running.Select(loop => loop.Name)];
        }
    }

    /// <summary>Runs a loop until it is stopped.</summary>
    /// <param name="name">For people, as in <c>queue committer</c>.</param>
    /// <param name="loop">Ends when its token is cancelled, with <see cref="OperationCanceledException"/> or without.</param>
    /// <param name="stopping">Cancelled when the loop is to end.</param>
    /// <returns>Completes when the loop has ended, however it has: who waits for it needs to know no more.</returns>
    public Task RunAsync(string name, Func<CancellationToken, Task> loop, CancellationToken stopping) =>
        WatchAsync(new Loop(name, stopping), loop, restart: false);

    /// <summary>As <see cref="RunAsync"/>, for a loop that blocks: on a thread of its own.</summary>
    public Task RunOnThreadAsync(string name, Action<CancellationToken> loop, CancellationToken stopping) => RunAsync(
        name,
        token => Task.Factory.StartNew(() => loop(token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
        stopping);

    /// <summary>
    /// As <see cref="RunAsync"/>, but a failure is logged and the loop is started again after <see cref="RestartDelay"/>. Only for loops that
    /// leave nothing half done.
    /// </summary>
    public Task RunAgainAsync(string name, Func<CancellationToken, Task> loop, CancellationToken stopping) =>
        WatchAsync(new Loop(name, stopping), loop, restart: true);

    /// <summary>The turns of a loop that looks at something once each period, until it is stopped.</summary>
    /// <param name="period">From one turn to the next; a turn that takes longer is followed by the next at once.</param>
    /// <param name="time">Measures the period.</param>
    /// <param name="turn">What is done each time.</param>
    /// <param name="stopping">Cancelled when the loop is to end.</param>
    /// <param name="atOnce">Whether the first turn comes at once, and not after the first period.</param>
    public static async Task EveryAsync(
        TimeSpan period, TimeProvider time, Func<CancellationToken, Task> turn, CancellationToken stopping, bool atOnce = false)
    {
        using var timer = new PeriodicTimer(period, time);
        if (atOnce)
            await turn(stopping);
        while (await timer.WaitForNextTickAsync(stopping))
            await turn(stopping);
    }

    /// <inheritdoc cref="EveryAsync(TimeSpan, TimeProvider, Func{CancellationToken, Task}, CancellationToken, bool)"/>
    public static Task EveryAsync(TimeSpan period, TimeProvider time, Action turn, CancellationToken stopping, bool atOnce = false)
    {
        return EveryAsync(period, time, Turn, stopping, atOnce);

        Task Turn(CancellationToken token)
        {
            turn();
            return Task.CompletedTask;
        }
    }

    /// <summary>Waits for work that ends by itself and that the service can do without; its failure is logged.</summary>
    public async Task RunOnceAsync(string name, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e)
        {
            LogDoneWithout(e, name);
        }
    }

    /// <summary>Something in the background has failed that is no loop: a timer's callback, say.</summary>
    public void Fail(string name, Exception exception) => _failed.TrySetResult(new LoopFailure(name, exception));

    /// <summary>Makes a loop end without being stopped, as a failure in it would. For tests.</summary>
    internal void Break(string name)
    {
        lock (_lock)
            _running.First(loop => loop.Name == name).Broken.Cancel();
    }

    private async Task WatchAsync(Loop loop, Func<CancellationToken, Task> body, bool restart)
    {
        lock (_lock)
            _running.Add(loop);
        Exception? failure;
        try
        {
            while ((failure = await FailureAsync(loop, body)) is not null && restart)
            {
                LogRestart(failure, loop.Name);
                await Task.Delay(RestartDelay, time, loop.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            lock (_lock)
                _running.Remove(loop);
        }

        // Whoever is told of it finds it among those that run no more.
        if (failure is not null)
            Fail(loop.Name, failure);
    }

    /// <returns>Null when the loop was stopped.</returns>
    private async Task<Exception?> FailureAsync(Loop loop, Func<CancellationToken, Task> body)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(loop.Stopping, loop.Broken.Token);
        try
        {
            // Whoever starts a loop does not wait for its first turn.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await body(ending.Token);
            return loop.Stopping.IsCancellationRequested ? null : new InvalidOperationException("It has ended without being stopped.");
        }
        catch (Exception e) when (loop.Stopping.IsCancellationRequested)
        {
            if (e is not OperationCanceledException)
                LogFailedWhileStopping(e, loop.Name);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            loop.Mend();
        }
    }

    [LoggerMessage(LogLevel.Error, "The {Loop} failed and is started again. This is an error of AuraLogs' own; please report it")]
    private partial void LogRestart(Exception exception, string loop);

    [LoggerMessage(LogLevel.Error, "The {Loop} failed; the service goes on without it. This is an error of AuraLogs' own; please report it")]
    private partial void LogDoneWithout(Exception exception, string loop);

    [LoggerMessage(LogLevel.Error, "The {Loop} failed while it was being stopped")]
    private partial void LogFailedWhileStopping(Exception exception, string loop);

    private sealed class Loop(string name, CancellationToken stopping)
    {
        public string Name { get; } = name;

        public CancellationToken Stopping { get; } = stopping;

        public CancellationTokenSource Broken { get; private set; } = new();

        public void Mend()
        {
            if (Broken.IsCancellationRequested)
                Broken = new CancellationTokenSource();
        }
    }
}
