using System.Buffers;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// An exception in the middle of an append (out of memory in FasterLog, under many connections right after the start) left a log that took no
/// entry ever again, with health saying that all was well.
/// </summary>
public sealed class BrokenAppendTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_append_that_breaks_is_a_failure_of_the_log_and_intake_goes_on()
    {
        await using var queue = _directory.Open();
        await queue.AppendAsync(0, 3);
        await queue.WaitForCommitAsync(await queue.AppendAsync(Entries.Number(3), default), default);
        using var broken = new BreaksWhenCopied(1000);
        var entry = new NewEntry { Tag = "t"u8.ToArray(), Events = broken.Memory, EventCount = 1 };

        // It waits, as everything does while the log fails, and is appended to the one that was opened again.
        await queue.WaitForCommitAsync(await queue.AppendAsync(entry, default), default);
        await queue.AppendAsync(4, 3);

        await Until.TrueAsync(() => queue.Ledger.Received == 8 && _directory.Problems.Current.Count == 0);
        Assert.Equal(1, queue.Failures);
        Assert.Equal("queue-disk-failing", Assert.Single(_directory.Problems.Past).Code);
        await queue.ReadAndCompleteAsync(0, 4);
    }

    [Fact]
    public async Task A_queue_that_does_not_move_fails_health_and_ends_the_process_in_the_end()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        var problems = new Problems(time);
        var ended = new List<string>();
        await using var queue = _directory.OpenWithoutLoops();
        using var watchdog = new QueueWatchdog(queue, problems, TestLoops.New(), time, ended.Add);
        Look(TimeSpan.FromMinutes(10));
        Assert.Empty(problems.Current);

        Assert.True(queue.TryAppend(Entries.Number(0), out _));
        Look(QueueWatchdog.ProblemAfter - TimeSpan.FromSeconds(2));
        Assert.Empty(problems.Current);
        Look(TimeSpan.FromSeconds(3));
        Assert.True(Assert.Single(problems.Current) is { Code: QueueWatchdog.Problem, StopsIntake: true, NeedsRestart: true });
        Look(QueueWatchdog.EndsAfter);
        Assert.NotEmpty(ended);

        Assert.True(queue.CommitOnce());
        Look(TimeSpan.FromMinutes(10));
        Assert.Empty(problems.Current);

        void Look(TimeSpan span)
        {
            for (var passed = TimeSpan.Zero; passed <= span; passed += QueueWatchdog.Period)
            {
                watchdog.Look();
                time.Advance(QueueWatchdog.Period);
            }
        }
    }

    [Fact]
    public async Task All_pages_are_there_from_the_start()
    {
        var layout = QueueLayout.For(new QueueOptions());
        await using var queue = _directory.Open(layout);
        Assert.Equal((long)layout.PageSize * layout.BufferPages, queue.PageBytes);
    }

    /// <summary>Can be measured, and read for the checksum; the read after those, which copies it, breaks.</summary>
    private sealed class BreaksWhenCopied(int length) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[length];
        private int _reads;

        public override Span<byte> GetSpan() => ++_reads == 3 ? throw new InvalidOperationException("broken") : _bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }

        public void Dispose() => Dispose(true);
    }
}
