using System.Text;
using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Log;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Queue;
using AuraLogs.Unpacking;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Simulation;

/// <summary>
/// One life of a queue, decided by a seed: appends, commits, reads, completions, clean restarts, power failures in the
/// middle of any operation, EIO and ENOSPC, and damage at rest. It runs the real queue over <see cref="SimulatedDisk"/>,
/// one step at a time, and a model beside it knows what was acknowledged. It throws at the first broken promise:
/// <list type="bullet">
/// <item>every acknowledged entry is read in every run until it is completed, intact, in order, once;</item>
/// <item>nothing is read again once a position behind it was persisted, unless files are damaged;</item>
/// <item>nothing is read that was never appended, and nothing in the run in which it was refused;</item>
/// <item>what was stored for a sender that hung up is found when it is sent again, also after a graceful restart, and is then acknowledged only
/// if it is there; after a crash nothing is taken for a resend, because it may be a new chunk that is equal;</item>
/// <item>the disk never holds more than the limit;</item>
/// <item>nothing is said to be damaged, and no event counts as lost, unless files are damaged: no false alarm;</item>
/// <item>in the end, with everything read, the ledger balances and the queue still works.</item>
/// </list>
/// How it was shown to find what it is for: each of these was broken on purpose, and the lives that failed were counted. Ack
/// without waiting for the commit: 66 of 100. Addresses used again after a failed write: 141 of 600. Bodies without a checksum: 19
/// of 100. A segment deleted before the position behind it is persisted: 3 of 600. What it finds too seldom has a test of its own:
/// one slot of the state instead of two (<c>StateFileTests</c>), headers without a checksum (<c>EntryHeaderTests</c>), writes that
/// are not synced (<c>AckOrderTests</c>, on the real process).
/// </summary>
internal sealed class QueueSimulation : IDisposable
{
    private const int MostHungUp = 100;

    private readonly Random _random;
    private readonly Random _senders;
    private readonly QueueLayout _layout;
    private readonly List<ModelEntry> _entries = [];
    private readonly List<(ModelEntry Entry, EntryPosition Position)> _outstanding = [];
    private readonly AuraLogsMeter _meter = new();
    private readonly HashSet<string> _told = [];
    private Problems _problems = new(TimeProvider.System);
    private LogQueue? _queue;
    private int _lastDelivered;
    private bool _failing;
    private bool _stopping;
    private bool _hadBadBlock;
    private byte[]? _foreign;

    public QueueSimulation(int seed)
    {
        _random = new Random(seed);
        _senders = new Random(~seed);
        var budget = _random.Next(16, 40) * 4096;
        _layout = new QueueLayout
        {
            PageSize = 4096,
            BufferPages = 4,
            PartBytes = 1500,
            MaxEventBytes = 1500,
            ReadWindowSize = _random.Next(1, 16) * 512,
            SegmentSize = 4096 * _random.Next(1, 4),
            SegmentBudget = budget,
            ResumeBytes = budget * 3 / 4,
            QuarantineBudget = 4 * 4096,
        };
        Disk = new SimulatedDisk(_random)
        {
            // And a page each for the format and the unacknowledged chunks.
            MaxBytes = _layout.SegmentBudget + _layout.QuarantineBudget + StateFile.Size + (2 * 4096),
        };
    }

    public SimulatedDisk Disk { get; }

    /// <summary>Whether files are damaged between runs, besides what crashes do.</summary>
    public bool DamagesAtRest { get; init; } = true;

    /// <summary>Whether the disk, or a block of it, can't be read for a while: at some starts, and for minutes while the queue runs.</summary>
    public bool FailsToRead { get; init; }

    /// <summary>Called on a file after its damage; the broken build of a test hides the damage from the checksums here.</summary>
    public Action<SimulatedFile>? AfterDamage { get; init; }

    public void Run()
    {
        Start();
        for (var steps = _random.Next(60, 160); steps > 0; steps--)
        {
            try
            {
                Step();
            }
            catch (SimulatedCrashException)
            {
                Restart();
            }
        }

        Finish();
    }

    public void Dispose() => _meter.Dispose();

    private void Step()
    {
        if (FailsToRead && _random.Next(50) == 0)
        {
            if (_random.Next(2) == 0)
                MakeBadBlock();
            else
                BeAway();
            return;
        }

        switch (_random.Next(100))
        {
            case < 30:
                Append(_random.Next(1, 9));
                HangUp(_senders.Next(4));
                break;
            case < 50:
                Commit();
                SendAgain(_senders.Next(4));
                break;
            case < 70:
                Read(_random.Next(1, 12));
                break;
            case < 82:
                Complete(_random.Next(1, 12));
                break;
            case < 88:
                KeepHouse();
                break;
            case < 94:
                Disk.OperationsUntilCrash = _random.Next(8);
                break;
            case < 96:
                (Disk.WritesUntilFailure, Disk.FailuresLeft) = (_random.Next(6), _random.Next(1, 5));
                break;
            case < 97:
                Disk.ReadsUntilFailure = _random.Next(4);
                break;
            case < 98:
                Disk.Capacity = _random.Next(2) == 0 ? long.MaxValue : Disk.UsedBytes + _random.Next(40_000);
                break;
            default:
                Stop();
                Restart();
                break;
        }
    }

    private void Append(int count)
    {
        for (; count > 0; count--)
        {
            var number = _entries.Count + 1;
            var entry = Entry(number);
            if (!_queue!.TryAppend(entry, out var end))
                return;
            _entries.Add(new ModelEntry(number, entry, end));
            _entries[^1].WaitFor(_queue);
        }
    }

    /// <summary>The connections of some that were appended end before their acknowledgements have arrived.</summary>
    private void HangUp(int count)
    {
        for (; count > 0 && _entries.Count > 0 && _queue!.Unacknowledged.Count < MostHungUp; count--)
        {
            var entry = _entries[_senders.Next(Math.Max(0, _entries.Count - 20), _entries.Count)];
            if (entry.Remembered != false || entry.RefusedInThisRun || !(entry.Waiting || entry.Acknowledged))
                continue;
            _queue.Unacknowledged.Add(entry.Chunk);
            entry.Remembered = true;
        }
    }

    /// <summary>Some chunks come again, or new ones that are equal to them: only the queue's memory tells.</summary>
    private void SendAgain(int count)
    {
        for (; count > 0 && _entries.Count > 0; count--)
        {
            var entry = _entries[_senders.Next(Math.Max(0, _entries.Count - 40), _entries.Count)];
            var found = _queue!.Unacknowledged.TryTake(entry.Chunk.Key, out var address);
            if (entry.Remembered is { } remembered)
                Assert.True(found == (remembered && !entry.RefusedInThisRun), $"Entry {entry.Number} was {(found ? "" : "not ")}taken for a resend.");
            entry.Remembered = false;
            if (!found)
                continue;

            // Stored already: the commit that covers it acknowledges it.
            Assert.Equal(entry.End, address);
            entry.WaitFor(_queue);
        }
    }

    /// <summary>Stops gracefully. What is remembered then is remembered in the next run, if the disk can be written to.</summary>
    private void Stop()
    {
        var diskWorks = !_failing && Disk is { WritesUntilFailure: < 0, Capacity: long.MaxValue };
        var remembered = _entries.Where(entry => entry.Remembered == true).ToList();
        DoubtMemory();
        _stopping = true;
        _queue!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        foreach (var entry in remembered.Where(entry => diskWorks && (entry.Acknowledged || entry.Commit.IsCompletedSuccessfully)))
            entry.Remembered = true;
    }

    /// <summary>The memory may be gone or not. What it does not have, it may not have after this either.</summary>
    private void DoubtMemory()
    {
        foreach (var entry in _entries.Where(entry => entry.Remembered == true))
            entry.Remembered = null;
    }

    private void Commit()
    {
        if (_failing)
            _failing = !_queue!.TryReopen();
        else
            _failing = !_queue!.CommitOnce();

        foreach (var entry in _entries.Where(entry => entry.Waiting && entry.Commit.IsCompleted))
        {
            entry.Waiting = false;
            entry.Acknowledged = entry.Commit.IsCompletedSuccessfully;
            entry.RefusedInThisRun = !entry.Acknowledged;
        }

        Assert.All(_entries.Where(entry => entry.Waiting), entry => Assert.True(entry.End > _queue!.CommittedAddress));
    }

    private void Read(int count)
    {
        for (; count > 0; count--)
        {
            using var entry = _queue!.TryRead();
            if (entry is null)
            {
                if (!_queue.ReadsFail)
                    CheckNothingIsMissing();
                return;
            }

            Check(entry);
        }
    }

    private void Check(QueueEntry entry)
    {
        var number = entry.FirstOrdinal;
        Assert.InRange(number, 1, _entries.Count);
        var expected = _entries[number - 1];
        Assert.True(
            expected.Entry.Events.Span.SequenceEqual(entry.Events.Span)
            && expected.Entry.Tag.Span.SequenceEqual(entry.Tag.Span)
            && expected.Entry.ChunkId.Span.SequenceEqual(entry.ChunkId.Span)
            && expected.Entry.EventCount == entry.EventCount
            && expected.Entry.Compression == entry.Compression
            && expected.Entry.ChunkIdMayRepeat == entry.ChunkIdMayRepeat
            && expected.Entry.ChunkSecond == entry.ChunkSecond,
            $"Entry {number} came back different.");
        Assert.True(number > _lastDelivered || expected.WasUnreadable, $"Entry {number} came after {_lastDelivered}.");
        Assert.False(expected.DeliveredInThisRun, $"Entry {number} came twice in one run.");
        Assert.False(expected.RefusedInThisRun, $"Entry {number} was refused in this run and read all the same.");
        Assert.False(expected.Passed && !DamagesAtRest && !FailsToRead, $"Entry {number} came again, although a position behind it was persisted.");
        _lastDelivered = Math.Max(_lastDelivered, number);
        expected.DeliveredInThisRun = true;
        _outstanding.Add((expected, entry.Position));
    }

    private void CheckNothingIsMissing() => Assert.All(
        _entries.Where(entry => entry is { Acknowledged: true, Completed: false, Damaged: false, WasUnreadable: false }),
        entry => Assert.True(entry.DeliveredInThisRun, $"Entry {entry.Number} was acknowledged and is gone."));

    private void Complete(int count)
    {
        for (; count > 0 && _outstanding.Count > 0; count--)
        {
            var index = _random.Next(Math.Min(4, _outstanding.Count));
            var (entry, position) = _outstanding[index];
            _outstanding.RemoveAt(index);
            var indexed = _random.Next(entry.Entry.EventCount + 1);
            _queue!.Complete(position, new EntryOutcome(indexed, entry.Entry.EventCount - indexed, 0));
            entry.Completed = true;
        }
    }

    private void KeepHouse()
    {
        var diskWorks = Disk is { WritesUntilFailure: < 0, Capacity: long.MaxValue };
        var failedReads = Disk.FailedReads;
        _queue!.KeepHouse();
        if (!diskWorks || Disk.FailedReads > failedReads) // after a start that failed, it reads the state before it writes one
            return;
        var end = _outstanding.Count > 0 ? _outstanding.Min(outstanding => outstanding.Entry.Number) : _lastDelivered + 1;
        foreach (var entry in _entries.Take(end - 1).Where(entry => entry.Completed))
            entry.Passed = true;
    }

    private void Restart()
    {
        Disk.PowerOff();
        Disk.PowerOn();
        if (!_stopping)
            _entries.ForEach(entry => entry.Remembered = false);
        if (DamagesAtRest && _random.Next(4) == 0)
            Damage();
        if (DamagesAtRest && _random.Next(16) == 0)
            PutAmongThem();
        Start();
    }

    private void Start()
    {
        _told.UnionWith(Told().ToList());
        _problems = new Problems(TimeProvider.System);
        _outstanding.Clear();
        _lastDelivered = 0;
        _failing = false;
        foreach (var entry in _entries)
            (entry.Waiting, entry.RefusedInThisRun, entry.DeliveredInThisRun) = (false, false, false);

        // A start can be interrupted too, again and again.
        for (var attempts = _random.Next(3); ; attempts--)
        {
            if (attempts > 0 && _random.Next(4) == 0)
                Disk.OperationsUntilCrash = _random.Next(4);
            if (FailsToRead && _random.Next(4) == 0)
                Disk.ReadsThatFail = _random.Next(50);
            if (_senders.Next(8) == 0)
                (Disk.WritesUntilFailure, Disk.FailuresLeft) = (_senders.Next(4), 1);
            if (FailsToRead || Disk is not { WritesUntilFailure: < 0, Capacity: long.MaxValue })
                DoubtMemory();
            Disk.BadReadsUntilHealed = _random.Next(300);
            try
            {
                _queue = new LogQueue(
                    Disk, _layout, new HurriedTime(), _problems, new QueueMetrics(_meter), NullLogger<LogQueue>.Instance);
                _queue.LearnAge();
                Assert.True(_stopping || _queue.Unacknowledged.Count == 0, "After a crash there are chunks that count as unacknowledged.");
                _stopping = false;
                return;
            }
            catch (SimulatedCrashException)
            {
                Disk.PowerOn();
                DoubtMemory();
            }
        }
    }

    private void Finish()
    {
        // 1. The disk is well, and everything in the queue is read and completed.
        Disk.PowerOn();
        Disk.Capacity = long.MaxValue;
        Disk.Heal();
        DrainAll();
        if (_hadBadBlock)
        {
            for (var second = 0; second < 60; second++)
                _queue!.KeepHouse();
            DrainAll();
        }

        Assert.All(_entries.Where(entry => entry is { Acknowledged: true, Damaged: false }), entry => Assert.True(entry.Completed, $"Entry {entry.Number} is gone."));
        var ledger = _queue!.Ledger;
        Assert.Equal(0, ledger.Queued);
        Assert.Equal(ledger.Received, ledger.Indexed + ledger.Duplicates + ledger.DeadLettered + ledger.Quarantined);
        var mayBeLost = _entries.Where(entry => !entry.Acknowledged || entry.Damaged).Sum(entry => entry.Entry.EventCount);
        Assert.InRange(ledger.Quarantined, 0, DamagesAtRest ? mayBeLost : _entries.Where(entry => entry.WasUnreadable).Sum(entry => entry.Entry.EventCount));
        if (!DamagesAtRest && !_hadBadBlock)
            Assert.DoesNotContain("queue-damaged", Told());

        // 2. It goes on working: what does not fit now, with the room that is set aside for headers, fits after the next commit.
        var drained = _entries.Count;
        for (var round = 0; round < 5; round++)
        {
            Append(5 - (_entries.Count - drained));
            DrainAll();
        }

        Assert.True(_entries.Count == drained + 5, "Drained, and still no room.");
        Assert.All(_entries.TakeLast(5), entry => Assert.True(entry is { Acknowledged: true, Completed: true }));
        Assert.Equal(0, _queue.Ledger.Queued);

        // 3. What was not its own is still there.
        Assert.True(_foreign is null || Disk.Files.Values.Any(file => file.Content.AsSpan().SequenceEqual(_foreign)), "A file that is not the queue's is gone.");
    }

    /// <summary>The problems of all runs.</summary>
    private IEnumerable<string> Told() => _told.Concat(_problems.Current.Select(problem => problem.Code)).Concat(_problems.Past.Select(problem => problem.Code));

    private void DrainAll()
    {
        for (var round = 0; round < 3; round++)
        {
            Commit();
            Read(int.MaxValue);
            Complete(int.MaxValue);
            _queue!.KeepHouse();
        }

        Assert.False(_failing);
    }

    private void Damage()
    {
        DoubtMemory();
        var files = Disk.Files.Where(file => file.Value.Content.Length > 0 && file.Value.Content != _foreign).ToList();
        if (files.Count == 0)
            return;
        for (var count = _random.Next(1, 3); count > 0; count--)
        {
            var (name, file) = files[_random.Next(files.Count)];
            var length = file.Content.Length;
            if (length == 0)
                continue;
            var at = _random.Next(length);
            switch (_random.Next(6))
            {
                case 0 or 1 or 2:
                    file.Content[at] ^= (byte)(1 << _random.Next(8));
                    MarkDamaged(name, at, at + 1);
                    break;
                case 3:
                    var (from, to) = (at / 512 * 512, Math.Min(length, (at / 512 * 512) + (512 * _random.Next(1, 9))));
                    file.Content.AsSpan(from, to - from).Clear();
                    MarkDamaged(name, from, to);
                    break;
                case 4:
                    file.Content = file.Content[..at];
                    MarkDamaged(name, at, length);
                    break;
                default:
                    file.Content = [];
                    MarkDamaged(name, 0, length);
                    break;
            }

            AfterDamage?.Invoke(file);
        }
    }

    /// <summary>The disk answers nothing for minutes: a read and a round of housekeeping a second.</summary>
    private void BeAway()
    {
        Disk.FailsReads = true;
        (Disk.WritesUntilFailure, Disk.FailuresLeft) = (0, int.MaxValue);
        try
        {
            PassMinutes();
        }
        finally
        {
            Disk.FailsReads = false;
            (Disk.WritesUntilFailure, Disk.FailuresLeft) = (-1, 0);
        }
    }

    /// <summary>One block of the log can't be read for minutes, and everything else can.</summary>
    private void MakeBadBlock()
    {
        var segments = Disk.Files.Where(file => SegmentHeader.TryParseFileName(Path.GetFileName(file.Key), out _) && file.Key.StartsWith(SegmentSet.Directory, StringComparison.Ordinal)).ToList();
        if (segments.Count == 0)
            return;
        var (name, segment) = segments[_random.Next(segments.Count)];
        var block = 4096L * _random.Next(1, 4);
        segment.BadBlock = block;
        _hadBadBlock = true;
        _ = SegmentHeader.TryParseFileName(Path.GetFileName(name), out var start);
        foreach (var entry in _entries.Where(entry => entry.Start < start + block && entry.End > start + block - SegmentHeader.Size))
            entry.WasUnreadable = true;
        PassMinutes();
        if (_random.Next(2) == 0)
            segment.BadBlock = null;
    }

    private void PassMinutes()
    {
        for (var second = _random.Next(200); second > 0; second--)
        {
            _queue!.KeepHouse();
            Read(2);
        }
    }

    /// <summary>Puts a file into the directory that is not the queue's, one named like a segment, or bytes behind the log's end.</summary>
    private void PutAmongThem()
    {
        var bytes = new byte[_random.Next(1, 8000)];
        _random.NextBytes(bytes);
        Disk.MaxBytes += (bytes.Length + 4095) & ~4095;
        var end = _entries.Count == 0 ? 0 : _entries.Max(entry => entry.End);
        var segment = $"{SegmentSet.Directory}/{SegmentHeader.FileName(_random.NextInt64(end + 20_000))}";
        switch (_random.Next(3))
        {
            case 0 when _foreign is null:
                Disk.Put(_random.Next(2) == 0 ? "notes" : $"{SegmentSet.Directory}/notes", _foreign = bytes);
                break;
            case 1 when !Disk.Files.ContainsKey(segment):
                Disk.Put(segment, bytes);
                break;
            case 2 when Disk.Files.Keys.LastOrDefault(name => SegmentHeader.TryParseFileName(Path.GetFileName(name), out _)) is { } last:
                Disk.Put(last, [.. Disk.Files[last].Content, .. bytes]);
                break;
        }
    }

    private void MarkDamaged(string name, long from, long to)
    {
        if (!SegmentHeader.TryParseFileName(Path.GetFileName(name), out var start))
            return;
        foreach (var entry in _entries.Where(entry =>
            entry.Start < start + to - SegmentHeader.Size && entry.End > start + from - SegmentHeader.Size))
            entry.Damaged = true;
    }

    private NewEntry Entry(int number)
    {
        var content = new byte[_random.Next(8) == 0 ? _random.Next(1000, 1500) : _random.Next(1, 300)];
        _random.NextBytes(content);
        return new NewEntry
        {
            Tag = Encoding.ASCII.GetBytes($"tag.{number % 3}"),
            ChunkId = number % 4 == 0 ? default : Encoding.ASCII.GetBytes($"chunk-{number}"),
            Events = content,
            EventCount = _random.Next(1, 50),
            FirstOrdinal = number,
            ChunkSecond = (uint)_random.Next(),
            Compression = (Compression)_random.Next(3),
            ChunkIdMayRepeat = number % 3 == 0,
        };
    }
}
