using System.Diagnostics.Metrics;
using AuraLogs.Telemetry;
using Prometheus;

namespace AuraLogs.Operations.Metrics;

/// <summary>
/// Every instrument of the meter in prometheus-net's registry, as <c>/metrics</c> shows it and as the status reads it. Counts only
/// what is recorded after it was created, so it is created before the stages start.
/// <para>
/// prometheus-net's own <c>MeterAdapter</c> would prefix each name with the meter's, append unit and kind to its help, show every counter
/// as a gauge, and keep series that are no longer observed (a problem that is over) for five minutes.
/// </para>
/// </summary>
internal sealed partial class MetricRegistry : IDisposable
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MeterListener _listener = new();
    private readonly List<ExposedInstrument> _observed = [];
    private readonly SemaphoreSlim _collecting = new(1);
    private readonly MemoryStream _text = new(64 * 1024);
    private readonly MetricTextReader _reader = new();
    private readonly ILogger _logger;
    private int _isDisposed;

    public MetricRegistry(AuraLogsMeter meter, ILogger<MetricRegistry> logger)
    {
        _logger = logger;
        var factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Two hosts in one process (tests) each have a meter of that name, and want only their own.
            if (!ReferenceEquals(instrument.Meter, meter))
                return;
            var exposed = ExposedInstrument.Of(instrument, factory);
            if (instrument.IsObservable)
                Add(exposed);
            listener.EnableMeasurementEvents(instrument, exposed);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, exposed) => ((ExposedInstrument)exposed!).Take(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, exposed) => ((ExposedInstrument)exposed!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, exposed) => ((ExposedInstrument)exposed!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>What prometheus-net's middleware writes. Only inside of <see cref="AloneAsync"/>.</summary>
    public CollectorRegistry Exposed => _registry;

    /// <summary>
    /// Runs one collection after the other: the observed values of one moment are in all of it, so that the ledger of one scrape balances.
    /// What is written goes to memory, for a reader that is slow holds up nobody; the bytes are valid until <paramref name="use"/> returns.
    /// </summary>
    public async Task<T> AloneAsync<T>(Func<Stream, Task> collect, Func<ReadOnlySpan<byte>, T> use, CancellationToken cancellation)
    {
        await _collecting.WaitAsync(cancellation);
        try
        {
            Observe();
            _text.SetLength(0);
            await collect(_text);
            return use(_text.GetBuffer().AsSpan(0, (int)_text.Length));
        }
        finally
        {
            _collecting.Release();
        }
    }

    /// <summary>
    /// The value of every metric at this moment, by name. Read from the text, which is the only thing that prometheus-net shows a histogram's
    /// buckets in; so the page says what <c>/metrics</c> says.
    /// </summary>
    public Task<MetricSnapshot> CollectAsync(CancellationToken cancellation) =>
        AloneAsync(text => _registry.CollectAndExportAsTextAsync(text, cancellation), _reader.Read, cancellation);

    /// <summary>
    /// Ends it once the collection under way has ended: a listener that is disposed meanwhile hands out instruments without what they are exposed as.
    /// The turn is never given back, so that who collects from then on waits until it is cancelled.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;
        _collecting.Wait();
        _listener.Dispose();
    }

    private void Add(ExposedInstrument exposed)
    {
        lock (_observed)
            _observed.Add(exposed);
    }

    // What is not observed this time is not shown: a problem that is over, say.
    private void Observe()
    {
        lock (_observed)
        {
            foreach (var exposed in _observed)
                exposed.Hide();
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            // The others have been recorded: a process without a free file descriptor can't count its open ones, and is to be watched all the more.
            LogUnreadable(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A metric could not be read and is left out")]
    private partial void LogUnreadable(Exception exception);
}
