using System.Diagnostics.CodeAnalysis;
using AuraLogs.Queue;
using AuraLogs.Queue.Format;
using AuraLogs.Queue.Resends;

namespace AuraLogs.Tests.Simulation;

/// <summary>What the model knows about an entry that was appended.</summary>
internal sealed class ModelEntry(int number, NewEntry entry, long end)
{
    public int Number => number;

    public NewEntry Entry => entry;

    public long Start => end - EntryHeader.SizeOnDisk(entry.Tag.Length + entry.ChunkId.Length + entry.Events.Length);

    public long End => end;

    /// <summary>The commit that its sender waits for, looked at without being consumed, so that no thread pool is involved.</summary>
    public ValueTask Commit { get; private set; }

    public bool Waiting { get; set; }

    [SuppressMessage("Reliability", "CA2012", Justification = "It is only looked at.")]
    public void WaitFor(LogQueue queue) => (Commit, Waiting) = (queue.WaitForCommitAsync(end, default), true);

    /// <summary>Its sender was told that it is safe.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>Its sender was told that it is not, in this run.</summary>
    public bool RefusedInThisRun { get; set; }

    public bool DeliveredInThisRun { get; set; }

    public bool Completed { get; set; }

    /// <summary>A position behind it has been persisted.</summary>
    public bool Passed { get; set; }

    /// <summary>Some of its bytes could not be read for a while, so it may come late.</summary>
    public bool WasUnreadable { get; set; }

    /// <summary>Some of its bytes were damaged at rest.</summary>
    public bool Damaged { get; set; }

    /// <summary>Whether the queue knows that its sender will send it again (<see cref="LogQueue.Unacknowledged"/>); null: perhaps.</summary>
    public bool? Remembered { get; set; } = false;

    /// <summary>What a resend is found by.</summary>
    public StoredChunk Chunk => new((UInt128)number, end);
}
