using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AuraLogs.Tests.Forward;

/// <summary>Adds up what the instruments of one meter say: by name, with the values of the tags behind it.</summary>
internal sealed class MeterCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();

    public MeterCounts(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _sums.AddOrUpdate(Key(instrument.Name, tags), value, (_, sum) => sum + value));
        _listener.Start();
    }

    /// <param name="key">As in <c>auralogs_forward_refused_total malformed</c>.</param>
    public long this[string key] => _sums.GetValueOrDefault(key);

    public void Dispose() => _listener.Dispose();

    private static string Key(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            name += $" {tag.Value}";
        return name;
    }
}
