using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Format;

namespace AuraLogs.Queue.Progress;

/// <summary>The newest state on disk, and the writing of a newer one. One thread writes; any may take a snapshot.</summary>
/// <param name="disk">The queue's disk.</param>
/// <param name="account">Where the queue stands.</param>
/// <param name="state">The state that the start found: newer ones have its queue id and higher numbers.</param>
internal sealed class PersistedState(IQueueDisk disk, QueueAccount account, QueueState state) : IDisposable
{
    private QueueState _newest = state with { Number = state.Number + 1 };
    private StateFile? _file;
    private long _writes;

    /// <summary>The state that was written last; before the first write, the one that it will follow.</summary>
    public QueueState Newest => Volatile.Read(ref _newest);

    /// <summary>How often a state was written: each time proves that the disk takes writes.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>The state as it would be written now.</summary>
    public QueueState Snapshot() => account.Snapshot(Newest);

    /// <summary>Writes a state, if anything has changed since the last one.</summary>
    /// <param name="always">Also when nothing has.</param>
    /// <exception cref="IOException">The disk failed; the newest state is what it was.</exception>
    public void Write(bool always = false)
    {
        var state = Snapshot();
        if (state == Newest && !always)
            return;
        _file ??= StateFile.Open(disk);
        state = state with { Number = state.Number + 1 };
        _file.Write(state);
        Volatile.Write(ref _newest, state);
        Interlocked.Increment(ref _writes);
    }

    public void Dispose() => _file?.Dispose();
}
