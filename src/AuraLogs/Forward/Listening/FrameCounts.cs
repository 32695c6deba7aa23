using AuraLogs.Forward.Decoding;

namespace AuraLogs.Forward.Listening;

/// <summary>Gathers what one receive brought, so that metrics are told once and not for each frame.</summary>
internal struct FrameCounts(ForwardMetrics metrics)
{
    private ForwardMode _mode;
    private long _frames;
    private long _eventsOfMode;

    /// <summary>All events so far.</summary>
    public long Events { get; private set; }

    public void Add(ForwardMode mode, int events)
    {
        if (mode != _mode)
            Flush();
        _mode = mode;
        _frames++;
        _eventsOfMode += events;
        Events += events;
    }

    public void Flush()
    {
        if (_frames > 0)
            metrics.Taken(_mode, _frames, _eventsOfMode);
        _frames = 0;
        _eventsOfMode = 0;
    }
}
