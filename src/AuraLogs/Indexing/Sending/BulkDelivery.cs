using AuraLogs.Indexing.Judging;
using AuraLogs.Telemetry;
using Polly;
using Polly.Retry;

namespace AuraLogs.Indexing.Sending;

/// <summary>
/// Takes requests to their end: has one sent until each of its items has a final verdict, and then forgets it. Only the items
/// that need it are sent again, and as often as it takes.
/// </summary>
internal sealed class BulkDelivery(
    BulkSender sender,
    Reachability reachability,
    BulkRequests requests,
    WaitingDeliveries waiting,
    Acceptance acceptance,
    Troubles troubles,
    IndexingOptions options,
    TimeProvider time) : IDisposable
{
    private readonly ResiliencePipeline<AttemptOutcome> _untilDone = BuildRetry(options, time);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _running;

    /// <summary>Completes with an exception that nobody expected; the process has to end then.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Begins to deliver a request, whose memory is counted.</summary>
    /// <param name="request">From here on the delivery's.</param>
    /// <param name="place">A place for its first attempt, if there is one already.</param>
    public void Start(BulkRequest request, ConcurrencyLimit.Place? place) =>
        Start(new Delivery(request, new Patience(acceptance, options, time)) { FirstPlace = place });

    /// <summary>Ends what waits, lets what is in flight end within the time-out, and then breaks it off.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Task idle;
        lock (_lock)
        {
            if (_running == 0)
                return;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await Task.WhenAny(idle, Task.Delay(options.StopTimeout, time));
        await _abort.CancelAsync();
        await idle;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }

    private static ResiliencePipeline<AttemptOutcome> BuildRetry(IndexingOptions options, TimeProvider time) =>
        new ResiliencePipelineBuilder<AttemptOutcome> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<AttemptOutcome>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is AttemptOutcome.Again or AttemptOutcome.AgainWhenReachable or AttemptOutcome.AgainSlowly),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result switch
                {
                    AttemptOutcome.AgainSlowly => Jittered(options.SlowRetryDelay),
                    AttemptOutcome.AgainWhenReachable => TimeSpan.Zero,
                    _ => (TimeSpan?)null,
                }),
            })
            .Build();

    /// <summary>From three quarters to five quarters, so that requests that failed together don't come back together.</summary>
    private static TimeSpan Jittered(TimeSpan delay) => delay * (0.75 + (Random.Shared.NextDouble() / 2));

    private void Start(Delivery delivery)
    {
        lock (_lock)
            _running++;
        _ = RunAsync(delivery);
    }

    private async Task RunAsync(Delivery delivery)
    {
        using var trace = AuraLogsTraces.Source.StartActivity("bulk delivery");
        trace?.SetTag("auralogs.documents", delivery.Request.Count).SetTag("auralogs.bytes", delivery.Request.Body.Position);
        try
        {
            // The caller goes on composing.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await _untilDone.ExecuteAsync(
                static async (state, cancellationToken) => await state.Self.AttemptAsync(state.Delivery, cancellationToken),
                (Self: this, Delivery: delivery),
                _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What it holds is still in the queue, and is sent again after the next start.
        }
        catch (Exception e)
        {
            _failed.TrySetResult(e);
        }
        finally
        {
            waiting.Leave(delivery);
            troubles.Clear(delivery);
            requests.Return(delivery.Request);
            End();
        }
    }

    private async ValueTask<AttemptOutcome> AttemptAsync(Delivery delivery, CancellationToken stop)
    {
        if (delivery.WaitsFirst)
        {
            delivery.WaitsFirst = false;
            return AttemptOutcome.AgainSlowly;
        }

        var attempt = await sender.AttemptAsync(delivery, stop, _abort.Token);
        foreach (var part in delivery.TakeParts())
            Start(part);
        if (attempt == AttemptOutcome.AgainWhenReachable)
            await reachability.WaitAsync(delivery, stop);
        return attempt;
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_running == 0)
                _idle?.TrySetResult();
        }
    }
}
