namespace AuraLogs.Queue.Log;

/// <summary>The segments of the queue, in order of address, and what they take on the disk. Safe for all threads.</summary>
internal sealed class SegmentSet
{
    public const string Directory = "segments";

    private readonly Lock _lock = new();
    private readonly List<Segment> _segments;
    private IReadOnlyList<(long From, long To)> _unread = [];
    private long _bytes;

    public SegmentSet(IEnumerable<Segment> segments)
    {
        _segments = [.. segments.OrderBy(segment => segment.Start)];
        _bytes = _segments.Sum(segment => segment.Bytes);
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _segments.Count;
        }
    }

    public IReadOnlyList<Segment> Snapshot()
    {
        lock (_lock)
            return [.. _segments];
    }

    /// <summary>What the segments will take once everything below <paramref name="end"/> is on the disk.</summary>
    /// <param name="begin">From here on nothing is written yet, as far as the last segment does not say otherwise.</param>
    /// <param name="end">The end of what is going to be written.</param>
    /// <param name="pageSize">A new segment may begin at every page.</param>
    public long BytesWith(long begin, long end, int pageSize)
    {
        lock (_lock)
        {
            if (_segments.Count > 0)
                begin = Math.Max(begin, _segments[^1].End);
            if (end <= begin)
                return _bytes;
            var headers = (end / pageSize) - (begin / pageSize) + 2;
            return _bytes + (end - begin) + (headers * (Format.SegmentHeader.Size + 4096));
        }
    }

    /// <summary>The segment that holds the address, or the first one after it.</summary>
    public Segment? Find(long address)
    {
        lock (_lock)
        {
            foreach (var segment in _segments)
            {
                if (segment.End > address)
                    return segment;
            }

            return null;
        }
    }

    public void Add(Segment segment)
    {
        lock (_lock)
        {
            _segments.Add(segment);
            _bytes += segment.Bytes;
        }
    }

    /// <summary>Moves the end of the last segment.</summary>
    public void Resize(long end)
    {
        lock (_lock)
        {
            _bytes -= _segments[^1].Bytes;
            _segments[^1] = _segments[^1] with { End = end };
            _bytes += _segments[^1].Bytes;
        }
    }

    /// <summary>
    /// The first segment that lies below the address as a whole and has no part that could not be read. Never the last one, which may
    /// still grow.
    /// </summary>
    public Segment? FirstBelow(long address)
    {
        lock (_lock)
        {
            for (var i = 0; i < _segments.Count - 1 && _segments[i].End <= address; i++)
            {
                var segment = _segments[i];
                if (!_unread.Any(part => part.From < segment.End && part.To > segment.Start))
                    return segment;
            }

            return null;
        }
    }

    /// <summary>Whether segments are kept for parts that could not be read.</summary>
    public bool HasUnread
    {
        get
        {
            lock (_lock)
                return _unread.Count > 0;
        }
    }

    /// <summary>Parts that could not be read: their segments are kept until they are read, or given up by a person.</summary>
    public void Keep(IReadOnlyList<(long From, long To)> unread)
    {
        lock (_lock)
            _unread = unread;
    }

    public Segment? Last
    {
        get
        {
            lock (_lock)
                return _segments.Count > 0 ? _segments[^1] : null;
        }
    }

    /// <summary>Forgets the last segment, whose file is gone.</summary>
    public void RemoveLast()
    {
        lock (_lock)
        {
            _bytes -= _segments[^1].Bytes;
            _segments.RemoveAt(_segments.Count - 1);
        }
    }

    /// <summary>Forgets a segment whose file is gone.</summary>
    public void Remove(Segment segment)
    {
        lock (_lock)
        {
            if (_segments.Remove(segment))
                _bytes -= segment.Bytes;
        }
    }
}
