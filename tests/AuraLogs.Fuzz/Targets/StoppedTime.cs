namespace AuraLogs.Fuzz.Targets;

/// <summary>A clock that stands still: an input does the same whenever it is run, and no timer runs beside it.</summary>
internal sealed class StoppedTime : TimeProvider
{
    public static readonly StoppedTime Instance = new();

    public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NeverDue();

    private sealed class NeverDue : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
