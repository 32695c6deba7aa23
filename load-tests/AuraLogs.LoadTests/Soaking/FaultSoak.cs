using System.Diagnostics;
using AuraLogs.LoadTests.Faults;
using AuraLogs.LoadTests.Measuring;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>
/// One fault after the other, of all kinds that the machine permits, in an order and with lengths that a seed decides; between them
/// the service has to take logs again. What the faults hit is counted, and one that hit nothing is reported as that.
/// </summary>
internal sealed class FaultSoak(FaultRun run, FaultyNetwork? network, FaultyVolume? volume, int seed)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(5);

    /// <summary>How long a fault that has hit nothing lasts beyond the longest, because a restart comes before its first chance.</summary>
    private static readonly TimeSpan HitLimit = TimeSpan.FromSeconds(30);
    private const int EventsBetween = 500;

    private static readonly Errno[] WriteErrors = [Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EDQUOT, Errno.EFBIG, Errno.ECANCELED];

    private readonly Random _random = new(seed);
    private readonly List<FaultRecord> _records = [];
    private readonly List<(TimeSpan At, ProcessUsage Usage, long Waiting)> _samples = [];
    private readonly long _start = Stopwatch.GetTimestamp();

    public IReadOnlyList<FaultRecord> Records => _records;

    public IReadOnlyList<(TimeSpan At, ProcessUsage Usage, long Waiting)> Samples => _samples;

    /// <param name="length">How long faults are made; the end of the last one comes after it.</param>
    /// <param name="longest">The longest that a single fault lasts.</param>
    /// <param name="told">Is given each fault when it is over.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task RunAsync(TimeSpan length, TimeSpan longest, Action<FaultRecord> told, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampling = SampleAsync(ended.Token);
        try
        {
            // Each kind once in every round, in a new order.
            var kinds = Kinds();
            for (var order = new Queue<Kind>(); Stopwatch.GetElapsedTime(_start) < length && !cancellationToken.IsCancellationRequested;)
            {
                if (order.Count == 0)
                    order = new Queue<Kind>(kinds.OrderBy(_ => _random.Next()));
                told(await MakeAsync(order.Dequeue(), longest, cancellationToken));
            }
        }
        finally
        {
            await ended.CancelAsync();
            await sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FaultRecord> MakeAsync(Kind kind, TimeSpan longest, CancellationToken cancellationToken)
    {
        var lasting = longest * (0.1 + 0.9 * _random.NextDouble() * _random.NextDouble());
        var crashes = run.Service.Crashes.Count;
        var at = Stopwatch.GetElapsedTime(_start);
        run.Health.TakeRecent();
        var before = kind.Hits();
        var name = await kind.Begin();
        await Task.Delay(lasting, cancellationToken);
        var endHits = kind.EndHits;
        for (; kind.Hits() <= before && endHits == 0 && Stopwatch.GetElapsedTime(_start) < at + longest + HitLimit; await Task.Delay(50, cancellationToken))
            lasting = Stopwatch.GetElapsedTime(_start) - at;
        var hits = kind.Hits() - before + endHits;
        kind.End();
        var healed = Stopwatch.GetTimestamp();
        var recovered = await RecoverAsync(name, cancellationToken);
        var record = new FaultRecord(
            at, name, lasting, hits, string.Join(' ', run.Health.TakeRecent()), Stopwatch.GetElapsedTime(healed), run.Service.Crashes.Count - crashes, recovered);
        _records.Add(record);
        return record;
    }

    /// <summary>Waits until logs are taken again, and restarts the service when it has ended, as an orchestrator does.</summary>
    /// <returns>False when it took no more logs, and was killed so that the soak goes on.</returns>
    private async Task<bool> RecoverAsync(string name, CancellationToken cancellationToken)
    {
        var goal = run.Acknowledged + EventsBetween;
        for (var started = Stopwatch.GetTimestamp(); run.Acknowledged < goal; await Task.Delay(100, cancellationToken))
        {
            run.Service.StartAgainIfEnded();
            if (Stopwatch.GetElapsedTime(started) < RecoveryLimit)
                continue;
            run.Service.Log($"--- After {name} no logs were taken any more. {run.Figures}");
            await run.Service.KillAsync();
            run.Service.Start();
            return false;
        }

        return true;
    }

    private List<Kind> Kinds()
    {
        var kinds = new List<Kind>
        {
            Happens("kill -9", async () =>
            {
                await run.Service.KillAsync();
                run.Service.Start();
            }),
            Happens("kill -9, and again during the start", async () =>
            {
                await run.Service.KillAsync();
                run.Service.Start();
                await Task.Delay(_random.Next(2000));
                await run.Service.KillAsync();
                run.Service.Start();
            }),
            Happens("SIGTERM", async () =>
            {
                await run.Service.TerminateAsync();
                run.Service.Start();
            }),
            Lasts("SIGSTOP", run.Service.Pause, run.Service.Continue, () => 0, 1),
        };
        foreach (var outage in Enum.GetValues<OutageKind>())
        {
            kinds.Add(Lasts(
                $"Elasticsearch: {outage}", () => run.Sink.Behaviour.Forced = outage, () => run.Sink.Behaviour.Forced = null, () => run.Sink.Behaviour.Hits));
        }

        if (run.Disk is { } disk)
        {
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Fail, DiskOperations.Changes, Any(WriteErrors)) { Share = Any(1, 0.1) }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Fail, DiskOperations.Write | DiskOperations.Sync, Any(WriteErrors)) { Share = Any(1, 0.3) }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Fail, DiskOperations.Read, Errno.EIO) { Share = Any(1, 0.3) }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Fail, DiskOperations.List | DiskOperations.Open, Any(Errno.EMFILE, Errno.EIO))));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Fail, DiskOperations.All, Errno.EIO)));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Torn, DiskOperations.Write, Errno.EIO) { Share = 0.2 }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Short, DiskOperations.Read | DiskOperations.Write) { Share = 0.5 }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Delay, DiskOperations.Write | DiskOperations.Sync) { Delay = TimeSpan.FromMilliseconds(_random.Next(10, 500)) }));
            kinds.Add(Disk(disk, () => new DiskFault(DiskFaultKind.Hang, DiskOperations.All)));
            kinds.Add(new Kind(
                async () =>
                {
                    await run.Service.KillAsync();
                    disk.Set(new DiskFault(DiskFaultKind.Fail, DiskOperations.Read, Errno.EIO));
                    run.Service.Start();
                    return "kill -9, and a start while the disk can't be read";
                },
                () => disk.Hits,
                disk.Clear));
        }

        if (network is not null)
        {
            kinds.Add(Lasts("network: partition", network.Partition, () => network.Heal(), network.HitPackets));
            kinds.Add(Lasts("network: resets", network.Reset, () => network.Heal(), network.HitPackets));
            kinds.Add(Lasts("network: 100 KB/s", () => network.Slow(100), () => network.Heal(), network.HitPackets));
            kinds.Add(Lasts("network: Elasticsearch is a black hole", () => network.BlackHole(run.Sink.Port), () => network.Heal(), network.HitPackets));
        }

        if (volume is not null)
            kinds.Add(Lasts("the volume is unmounted", volume.Detach, volume.Attach, () => 0, 1));
        return kinds;
    }

    private static Kind Disk(DiskFaults disk, Func<DiskFault> make) => new(
        () =>
        {
            var fault = make();
            disk.Set(fault);
            return Task.FromResult($"disk: {fault}");
        },
        () => disk.Hits,
        disk.Clear);

    private static Kind Lasts(string name, Action begin, Action end, Func<long> hits, long endHits = 0) => new(
        () =>
        {
            begin();
            return Task.FromResult(name);
        },
        hits,
        end,
        endHits);

    private static Kind Happens(string name, Func<Task> happens) => new(
        async () =>
        {
            await happens();
            return name;
        },
        () => 0,
        () => { },
        1);

    private T Any<T>(params T[] all) => all[_random.Next(all.Length)];

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        for (; ; await Task.Delay(SampleEvery, cancellationToken))
        {
            try
            {
                var usage = ProcessUsage.Of(run.Service.Process);
                _samples.Add((Stopwatch.GetElapsedTime(_start), usage, Math.Max(0, run.Acknowledged - run.Sink.Ledger.Created)));
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException or KeyNotFoundException)
            {
                // It is being restarted.
            }
        }
    }

    /// <param name="Begin">Begins the fault and says what it is.</param>
    /// <param name="Hits">A counter of what faults of this kind have hit.</param>
    /// <param name="End">Ends it.</param>
    /// <param name="EndHits">What it hits in any case, beyond that counter.</param>
    private sealed record Kind(Func<Task<string>> Begin, Func<long> Hits, Action End, long EndHits = 0);
}
