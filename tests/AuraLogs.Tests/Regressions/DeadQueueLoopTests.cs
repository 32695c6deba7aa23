using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using AuraLogs.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// A loop of the queue could die unseen while the other one lived on: no segment was given back any more, no state written, until the queue was
/// full with nothing in it.
/// </summary>
public sealed class DeadQueueLoopTests : IDisposable
{
    private readonly AuraLogsMeter _meter = new();
    private readonly Problems _problems = new(TimeProvider.System);
    private readonly SimulatedDisk _simulated = new(new Random(2));
    private readonly Loops _loops = TestLoops.New();

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task A_listing_that_fails_for_a_moment_does_not_end_housekeeping()
    {
        var disk = new FailingDisk(_simulated);
        await using (var before = Open(disk))
        {
            await before.AppendAsync(0, 10);
            await before.ReadAndCompleteAsync(0, 10);
        }

        // A damaged part that lies before the queue's position.
        _simulated.Put($"{Quarantine.Directory}/0000000000000000-0000000000001000", new byte[4096]);
        var queue = Open(disk);
        Assert.Contains(_problems.Current, problem => problem.Code == "queue-damaged");

        disk.List = new IOException("Input/output error");
        queue.KeepHouse();
        await Until.TrueAsync(() => disk.Refusals > 1);
        disk.List = null;
        disk.Delete($"{Quarantine.Directory}/0000000000000000-0000000000001000");

        // It is still looked after.
        await Until.TrueAsync(() => !_problems.Current.Any(problem => problem.Code == "queue-damaged"));
        Assert.False(_loops.Failed.IsCompleted);
        await queue.DisposeAsync();
    }

    [Theory]
    [InlineData("queue committer")]
    [InlineData("queue housekeeping")]
    public async Task An_exception_that_nobody_expects_is_told_at_once_while_the_other_loop_lives(string loop)
    {
        var disk = new FailingDisk(_simulated);
        var queue = Open(disk);
        await queue.AppendAsync(0, 1);

        var error = new InvalidOperationException("what nobody expects");
        if (loop == "queue committer")
        {
            disk.Write = error;
            await queue.AppendAsync(Entries.Number(1), default);
        }
        else
        {
            _simulated.Put($"{Quarantine.Directory}/0000000000000000-0000000000001000", new byte[4096]);
            disk.Write = error;
            await queue.ReadAndCompleteAsync(0, 1);
        }

        var failure = await _loops.Failed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((loop, error), (failure.Loop, failure.Exception));
        Assert.Single(_loops.Running);
        disk.Write = null;
        await queue.DisposeAsync();
    }

    private LogQueue Open(IQueueDisk disk)
    {
        var queue = new LogQueue(
            disk,
            QueueLayout.For(new QueueOptions { MaxBytes = 256 << 20 }) with { PageSize = 64 << 10, PartBytes = 32 << 10, MaxEventBytes = 32 << 10 },
            TimeProvider.System,
            _problems,
            new QueueMetrics(_meter),
            NullLogger<LogQueue>.Instance);
        queue.Start(_loops);
        return queue;
    }

    /// <summary>Throws what the test says.</summary>
    private sealed class FailingDisk(IQueueDisk disk) : IQueueDisk
    {
        private Exception? _list;
        private Exception? _write;
        private int _refusals;

        public Exception? List
        {
            set => Volatile.Write(ref _list, value);
        }

        public Exception? Write
        {
            set => Volatile.Write(ref _write, value);
        }

        public int Refusals => Volatile.Read(ref _refusals);

        public long AvailableBytes => disk.AvailableBytes;

        IReadOnlyList<DiskFile> IQueueDisk.List(string directory)
        {
            Throw(Volatile.Read(ref _list));
            return disk.List(directory);
        }

        public bool Exists(string name) => disk.Exists(name);

        public IQueueFile Open(string name) => new FailingFile(this, disk.Open(name));

        public IQueueFile OpenToRead(string name) => new FailingFile(this, disk.OpenToRead(name));

        public IQueueFile Create(string name) => new FailingFile(this, disk.Create(name));

        public void Delete(string name) => disk.Delete(name);

        public void Move(string name, string newName) => disk.Move(name, newName);

        public void Dispose() => disk.Dispose();

        private void Throw(Exception? exception)
        {
            if (exception is null)
                return;
            Interlocked.Increment(ref _refusals);
            throw exception;
        }

        private sealed class FailingFile(FailingDisk owner, IQueueFile file) : IQueueFile
        {
            public long Length => file.Length;

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
                owner.Throw(Volatile.Read(ref owner._write));
                file.Write(bytes, offset);
            }

            public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

            public void Truncate(long length) => file.Truncate(length);

            public void Dispose() => file.Dispose();
        }
    }
}
