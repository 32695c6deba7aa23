using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Telemetry;

public sealed class LoopsTests : IDisposable
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly CancellationTokenSource _stopping = new();
    private readonly Loops _loops;

    public LoopsTests() => _loops = TestLoops.New(_time);

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task A_loop_that_is_stopped_has_not_failed_and_is_gone()
    {
        var waiting = _loops.RunAsync("waiting", stopping => Task.Delay(Timeout.Infinite, stopping), _stopping.Token);
        var looking = _loops.RunOnThreadAsync("looking", stopping => stopping.WaitHandle.WaitOne(), _stopping.Token);
        Assert.Equal(["waiting", "looking"], _loops.Running);

        await _stopping.CancelAsync();
        await Task.WhenAll(waiting, looking);

        Assert.False(_loops.Failed.IsCompleted);
        Assert.Empty(_loops.Running);
    }

    [Fact]
    public async Task The_first_loop_that_throws_is_the_failure_while_others_still_run()
    {
        _ = _loops.RunAsync("good", stopping => Task.Delay(Timeout.Infinite, stopping), _stopping.Token);
        await _loops.RunAsync("bad", _ => throw new ArgumentException("no"), _stopping.Token);
        await _loops.RunOnThreadAsync("worse", _ => throw new InvalidOperationException(), _stopping.Token);

        var failure = await _loops.Failed;

        Assert.Equal("bad", failure.Loop);
        Assert.IsType<ArgumentException>(failure.Exception);
        Assert.Equal(["good"], _loops.Running);
    }

    [Fact]
    public async Task A_loop_that_returns_or_is_cancelled_without_being_stopped_has_failed()
    {
        await _loops.RunAsync("returns", _ => Task.CompletedTask, _stopping.Token);
        Assert.Equal("returns", (await _loops.Failed).Loop);

        var others = TestLoops.New();
        await others.RunAsync("cancelled", _ => throw new OperationCanceledException(), _stopping.Token);
        Assert.Equal("cancelled", (await others.Failed).Loop);
    }

    [Fact]
    public async Task A_loop_that_may_be_started_again_is()
    {
        var starts = 0;
        var running = _loops.RunAgainAsync(
            "again",
            stopping => ++starts < 3 ? throw new IOException() : Task.Delay(Timeout.Infinite, stopping),
            _stopping.Token);
        for (var failures = 1; failures < 3; failures++)
        {
            await Until.TrueAsync(() => _time.Waiting == 1);
            Assert.Equal(failures, starts);
            _time.Advance(Loops.RestartDelay);
        }

        await Until.TrueAsync(() => starts == 3);
        Assert.False(_loops.Failed.IsCompleted);
        await _stopping.CancelAsync();
        await running;
    }
}
