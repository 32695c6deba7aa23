using AuraLogs.Queue.Damage;
using AuraLogs.Telemetry;

namespace AuraLogs.Queue;

/// <summary>What can be wrong with the queue, and the sentences that say so to a person.</summary>
internal sealed class QueueProblems(Problems problems)
{
    private const string Full = "queue-full";
    private const string DiskFailing = "queue-disk-failing";
    private const string ReadsFailing = "queue-reads-failing";
    private const string Damaged = "queue-damaged";

    public void RaiseFull(long segmentBytes) => problems.Raise(
        Full, $"The queue is full with {segmentBytes} bytes of segments. Senders wait until Elasticsearch has taken some of it.", stopsIntake: true);

    public void ClearFull() => problems.Clear(Full);

    public void RaiseDiskFailing(Exception reason) => problems.Raise(
        DiskFailing, $"The queue's disk fails ({reason.Message}). Nothing is taken in until it works again.", stopsIntake: true);

    public void ClearDiskFailing() => problems.Clear(DiskFailing);

    public void RaiseReadsFailing(Exception reason) => problems.Raise(
        ReadsFailing,
        $"The queue can't be read ({reason.Message}), so nothing is indexed. It is tried again every second; "
        + "a block that stays unreadable for a minute while others can be read is passed over and kept.");

    public void RaiseStartWaits(Exception reason) => problems.Raise(
        ReadsFailing,
        $"The queue can't be read ({reason.Message}), so the start waits and takes no logs in. It is tried again every second, and nothing is "
        + "changed until then; `auralogs queue recover --give-up` gives up what can't be read.",
        stopsIntake: true);

    public void ClearReadsFailing() => problems.Clear(ReadsFailing);

    public void RaiseDamaged(long quarantined) => problems.Raise(
        Damaged,
        $"Parts of the queue could not be read and were set aside in its directory {Quarantine.Directory}/; "
        + $"{quarantined} events are lost, unless they turn out to be intact: then they are indexed after all. This stays until the files there are removed.");

    public void ClearDamaged() => problems.Clear(Damaged);
}
