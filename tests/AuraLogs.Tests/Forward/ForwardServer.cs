using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward;
using AuraLogs.Forward.Listening;
using AuraLogs.Memory;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using Microsoft.Extensions.Logging;

namespace AuraLogs.Tests.Forward;

/// <summary>The forward source as the service runs it, on free ports and with a real queue in a temporary directory.</summary>
internal sealed class ForwardServer : IAsyncDisposable
{
    private readonly QueueDirectory _directory = new();
    private readonly AuraLogsMeter _meter = new();
    private readonly ForwardListener _listener;
    private readonly MemoryBudgets _memory;
    private bool _stopped;

    private ForwardServer(ForwardOptions options, TimeProvider time, QueueLayout? layout)
    {
        Queue = _directory.Open(layout);
        Counts = new MeterCounts(_meter);
        Clients = new Clients(time);
        _memory = TestMemory.Budgets(receiving: options.MaxReceiveBytes);
        _listener = new ForwardListener(options, Queue, _memory, Acks, Clients, new ForwardMetrics(_meter), Problems, TestLoops.New(), time, new Lines(Log));
    }

    public LogQueue Queue { get; }

    public Problems Problems => _directory.Problems;

    public Clients Clients { get; }

    public AckMemory Acks { get; } = new();

    public MeterCounts Counts { get; }

    /// <summary>What it logged, a line each.</summary>
    public List<string> Log { get; } = [];

    public bool IsShortOfMemory => _listener.IsShortOfMemory;

    public IPEndPoint EndPoint => _listener.EndPoint;

    public IPEndPoint TlsEndPoint => _listener.TlsEndPoint!;

    public static async Task<ForwardServer> StartAsync(Action<ForwardOptions>? configure = null, TimeProvider? time = null, QueueLayout? layout = null)
    {
        var options = new ForwardOptions { Address = "127.0.0.1", Port = 0, Tls = { Port = 0 } };
        configure?.Invoke(options);
        var server = new ForwardServer(options, time ?? TimeProvider.System, layout);
        await server._listener.StartAsync(CancellationToken.None);
        return server;
    }

    public async Task<ForwardClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint);
        return new ForwardClient(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>The events in the quarantine that were too large.</summary>
    public byte[][] QuarantinedLarge() =>
        [.. _directory.Quarantined().Where(path => Path.GetFileName(path).StartsWith("large.", StringComparison.Ordinal)).Select(File.ReadAllBytes)];

    /// <summary>The entries in the queue, in order, once it has so many events.</summary>
    public async Task<IReadOnlyList<StoredEntry>> ReadAsync(int events)
    {
        var entries = new List<StoredEntry>();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (entries.Sum(entry => entry.EventCount) < events)
        {
            using var entry = await Queue.ReadAsync(timeout.Token);
            entries.Add(StoredEntry.Of(entry));
        }

        return entries;
    }

    public async Task StopAsync()
    {
        _stopped = true;
        await _listener.StopAsync(CancellationToken.None);
    }

    public string[] LogLines()
    {
        lock (Log)
            return [.. Log];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await StopAsync();
        _listener.Dispose();
        await Queue.DisposeAsync();
        _memory.Dispose();
        Counts.Dispose();
        _meter.Dispose();
        _directory.Dispose();
    }

    private sealed class Lines(List<string> lines) : ILogger<ForwardListener>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
        }
    }
}
