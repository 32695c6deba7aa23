using System.Diagnostics.Metrics;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Salvage;
using AuraLogs.Telemetry;

namespace AuraLogs.Forward;

/// <summary>What the forward source counts; told once for each receive, not for each event.</summary>
internal sealed class ForwardMetrics
{
    public const string ConnectionsName = "auralogs_forward_connections";
    public const string ReceivedBytesTotalName = "auralogs_forward_received_bytes_total";
    public const string FramesTotalName = "auralogs_forward_frames_total";
    public const string EventsTotalName = "auralogs_forward_events_total";
    public const string RefusedTotalName = "auralogs_forward_refused_total";
    public const string AckSecondsName = "auralogs_forward_ack_seconds";

    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _stalled;
    private readonly Counter<long> _connectionsTotal;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _events;
    private readonly Counter<long> _acknowledgements;
    private readonly Counter<long> _resent;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _otherSignals;
    private readonly Counter<long> _damaged;
    private readonly Histogram<double> _ackSeconds;

    public ForwardMetrics(AuraLogsMeter meter)
    {
        _connections = meter.CreateUpDownCounter<long>(
            ConnectionsName, "{connection}", "Open connections of senders.");
        _connectionsTotal = meter.CreateCounter<long>(
            "auralogs_forward_connections_total", "{connection}", "Connections since the start, by result: accepted, or refused by a limit.");
        _stalled = meter.CreateUpDownCounter<long>(
            "auralogs_forward_stalled_connections", "{connection}",
            "Connections that are not read because the queue is full, its disk is failing, or their acknowledgements are not read.");
        _bytes = meter.CreateCounter<long>(
            ReceivedBytesTotalName, "By", "Bytes received from senders, as they came over the network (after TLS).");
        _frames = meter.CreateCounter<long>(
            FramesTotalName, "{frame}", "Messages of the forward protocol that were taken, by mode.");
        _events = meter.CreateCounter<long>(
            EventsTotalName, "{event}", "Log events taken into the queue, before a commit covers them.");
        _acknowledgements = meter.CreateCounter<long>(
            "auralogs_forward_acks_total", "{chunk}", "Chunks acknowledged to their senders.");
        _resent = meter.CreateCounter<long>(
            "auralogs_forward_resent_chunks_total", "{chunk}",
            "Chunks that came again, because their connection had ended before the acknowledgement arrived, and were in the queue already: acknowledged, not stored again.");
        _abandoned = meter.CreateCounter<long>(
            "auralogs_forward_abandoned_chunks_total", "{chunk}",
            "Chunks that were not stored because their sender had closed the connection while the queue was full, and will send them again.");
        _refused = meter.CreateCounter<long>(
            RefusedTotalName, "{connection}", "Connections refused or closed for what the client sent or did not do, by reason.");
        _otherSignals = meter.CreateCounter<long>(
            "auralogs_forward_other_signals_total", "{message}", "Messages that are not logs: acknowledged, not kept, by signal.");
        _damaged = meter.CreateCounter<long>(
            "auralogs_forward_damaged_total", "{event}",
            "What was not taken as it came, by kind: cut, an event too large for the queue, stored with its strings cut; unreadable, values that are not events and become a dead letter.");
        _ackSeconds = meter.CreateSecondsHistogram(
            AckSecondsName, "From the last byte of a chunk received to its acknowledgement sent.");
    }

    public void ConnectionOpened()
    {
        _connections.Add(1);
        _connectionsTotal.Add(1, new KeyValuePair<string, object?>("result", "accepted"));
    }

    public void ConnectionClosed() => _connections.Add(-1);

    /// <summary>Refused before it could send anything.</summary>
    public void ConnectionRefused(Refusal reason)
    {
        _connectionsTotal.Add(1, new KeyValuePair<string, object?>("result", "refused"));
        Refused(reason);
    }

    /// <param name="change">1 when a connection begins to wait, -1 when it goes on.</param>
    public void Stalled(int change) => _stalled.Add(change);

    public void Received(long bytes) => _bytes.Add(bytes);

    public void Taken(ForwardMode mode, long frames, long events)
    {
        _frames.Add(frames, new KeyValuePair<string, object?>("mode", mode.Name()));
        if (events > 0)
            _events.Add(events);
    }

    /// <param name="count">Acknowledgements in one send.</param>
    /// <param name="longestWait">How long the first of them took.</param>
    public void Acknowledged(int count, TimeSpan longestWait)
    {
        _acknowledgements.Add(count);
        _ackSeconds.Record(longestWait.TotalSeconds);
    }

    public void Resent() => _resent.Add(1);

    public void Abandoned() => _abandoned.Add(1);

    public void Refused(Refusal reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason.Name()));

    public void Damaged(MessageDamage damage)
    {
        if (damage.Cut > 0)
            _damaged.Add(damage.Cut, new KeyValuePair<string, object?>("kind", "cut"));
        if (damage.Unreadable > 0)
            _damaged.Add(damage.Unreadable, new KeyValuePair<string, object?>("kind", "unreadable"));
    }

    public void OtherSignal(int signal) => _otherSignals.Add(1, new KeyValuePair<string, object?>("signal", Signals.Name(signal)));
}
