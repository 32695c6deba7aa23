using System.Diagnostics;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Log;

namespace AuraLogs.Queue;

/// <summary>
/// What the queue's directory takes and may take. Four kinds of files share <c>Queue:MaxBytes</c>, and <see cref="QueueLayout"/> has their budgets:
/// <code>
/// segments and spare files   SegmentBudget, less the files of others; an append that would exceed it makes the queue full,
///                            and it takes entries again once they are down to ResumeBytes
/// quarantine                 QuarantineBudget; it keeps to that by itself
/// state, format, lock, ...   FixedBytes
/// files of others            what was found in the directory at the start and could not be moved to the quarantine
/// </code>
/// Safe for all threads.
/// </summary>
internal sealed class SizeLimit
{
    private readonly Lock _lock = new();
    private readonly QueueLayout _layout;
    private readonly SegmentSet _segments;
    private readonly SpareSegments _spares;
    private readonly Quarantine _quarantine;
    private readonly QueueProblems _problems;
    private readonly long _foreignBytes;
    private bool _full;

    /// <param name="layout">The budgets.</param>
    /// <param name="segments">What takes the most of it.</param>
    /// <param name="spares">Counted with the segments that they will become.</param>
    /// <param name="quarantine">Shown, not limited here.</param>
    /// <param name="foreignBytes">What the files of others take, which nothing of ours may take then.</param>
    /// <param name="problems">Told when the queue becomes full, and when it is no more.</param>
    public SizeLimit(QueueLayout layout, SegmentSet segments, SpareSegments spares, Quarantine quarantine, long foreignBytes, QueueProblems problems)
    {
        Debug.Assert(layout.ResumeBytes < layout.SegmentBudget, "A full queue has to give something back before it takes more.");
        Debug.Assert(layout.SegmentBudget >= 2 * layout.SegmentSize, "Only whole segments are given back, and never the one that is written.");
        Debug.Assert(layout.PartBytes <= layout.MaxEventBytes && layout.MaxEventBytes < layout.PageSize, "An entry does not span pages.");
        (_layout, _segments, _spares, _quarantine, _foreignBytes, _problems) = (layout, segments, spares, quarantine, foreignBytes, problems);
    }

    /// <summary>Whether senders wait because there is no room. Looking takes no lock, so that it can be looked at when something hangs.</summary>
    public bool IsFull => Volatile.Read(ref _full);

    /// <summary>What everything in the directory takes, in bytes; never more than <see cref="MaxBytes"/>.</summary>
    public long UsedBytes => SegmentBytes + _quarantine.Bytes + _foreignBytes + QueueLayout.FixedBytes;

    /// <summary>What everything in the directory may take, in bytes.</summary>
    public long MaxBytes => _layout.MaxBytes;

    /// <summary>Whether the file of a finished segment can be kept for one to come, or the queue may need the room that it takes.</summary>
    public bool HasRoomForSpares => SegmentBytes <= SegmentBudget / 2;

    private long SegmentBytes => _segments.Bytes + _spares.Bytes;

    private long SegmentBudget => _layout.SegmentBudget - _foreignBytes;

    /// <summary>Whether the log may grow. If not, the queue is full until <see cref="TryResume"/>.</summary>
    /// <param name="begin">From here on nothing is written yet.</param>
    /// <param name="end">How far the log would reach.</param>
    public bool TryGrow(long begin, long end)
    {
        if (IsFull)
            return false;
        if (Fits(begin, end))
            return true;
        lock (_lock)
        {
            if (_full || Fits(begin, end))
                return !_full;
            Volatile.Write(ref _full, true);
            _problems.RaiseFull(_segments.Bytes);
            return false;
        }
    }

    /// <summary>Ends <see cref="IsFull"/> when enough has been given back.</summary>
    /// <returns>Whether it has ended now.</returns>
    public bool TryResume()
    {
        lock (_lock)
        {
            if (!_full || SegmentBytes > _layout.ResumeBytes - _foreignBytes)
                return false;
            Volatile.Write(ref _full, false);
            _problems.ClearFull();
            return true;
        }
    }

    private bool Fits(long begin, long end) => _segments.BytesWith(begin, end, _layout.PageSize) + _spares.Bytes <= SegmentBudget;
}
