using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>Takes documents as Elasticsearch does and keeps none: it only counts them.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _shortAnswers;
    private readonly Task _accepting;

    /// <param name="port">On the loopback; 0: any free one.</param>
    /// <param name="capacity">The most sequence numbers to keep count of, 4 bytes each.</param>
    /// <param name="shortAnswers">Leave good items out of answers even when no filter asks for it.</param>
    /// <param name="script">The outages to come.</param>
    public Sink(int port, long capacity, bool shortAnswers, IReadOnlyList<Outage> script)
        : this(new IPEndPoint(IPAddress.Loopback, port), capacity, shortAnswers, script)
    {
    }

    /// <inheritdoc cref="Sink(int, long, bool, IReadOnlyList{Outage})"/>
    public Sink(IPEndPoint address, long capacity, bool shortAnswers, IReadOnlyList<Outage> script)
    {
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _shortAnswers = shortAnswers;
        Ledger = new SequenceLedger(capacity);
        Behaviour = new Behaviour(script);
        _listener.Bind(address);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public SequenceLedger Ledger { get; }

    public Behaviour Behaviour { get; }

    public SinkTotals Totals { get; } = new();

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var socket = await _listener.AcceptAsync(_stopping.Token);
            socket.NoDelay = true;
            var serving = ServeAsync(socket);
            _connections[serving] = true;
            _ = serving.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await new SinkConnection(socket, Ledger, Behaviour, Totals, _shortAnswers).RunAsync(_stopping.Token);
            }
            catch (Exception ended) when (ended is SocketException or IOException or OperationCanceledException)
            {
                // The client has gone, or the sink stops: nothing that was counted changes.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll([_accepting, .. _connections.Keys]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
