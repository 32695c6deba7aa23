using System.Net;
using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Security;
using AuraLogs.Forward.Sockets;
using AuraLogs.Forward.Tls;
using AuraLogs.Memory;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward.Listening;

/// <summary>
/// The forward source: listens for senders, in plain text, with TLS and on a unix socket as configured, from the start of the
/// service to its end.
/// </summary>
internal sealed class ForwardListener(
    ForwardOptions options,
    LogQueue queue,
    MemoryBudgets memory,
    AckMemory acks,
    Clients clients,
    ForwardMetrics metrics,
    Problems problems,
    Loops loops,
    TimeProvider time,
    ILogger<ForwardListener> logger)
    : IHostedService, IDisposable
{
    private const int Backlog = 1024;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IDisposable> _sockets = [];
    private readonly List<Task> _loops = [];
    private ForwardContext? _context;
    private bool _isDisposed;
    private ForwardConnections? _connections;
    private TlsAuthenticator? _tls;

    /// <summary>
    /// Where senders connect to, after the start, with the port that was found when the option says 0: in plain text, or with
    /// TLS when there is no plain text; port 0 of no address when there is a unix socket only.
    /// </summary>
    public IPEndPoint EndPoint => PlainEndPoint ?? TlsEndPoint ?? new IPEndPoint(IPAddress.None, 0);

    public IPEndPoint? PlainEndPoint { get; private set; }

    /// <summary>Whether a connection waits for memory to receive into.</summary>
    public bool IsShortOfMemory => memory.Receiving.IsShort;

    public IPEndPoint? TlsEndPoint { get; private set; }

    /// <exception cref="ConfigurationException">What is configured can't be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _context = new ForwardContext(
            options,
            options.ToLimits(queue.PartBytes, queue.MaxEventBytes),
            options.Security.Enabled ? new ForwardSecurity(options.Security) : null,
            memory.Receiving,
            memory.Storing,
            acks,
            queue,
            metrics,
            new RefusalLog(logger, time),
            new RefusedSenders(problems, time),
            time);
        _connections = new ForwardConnections(_context, clients);
        if (!ZstdUnpacker.IsAvailable)
            logger.NoZstd();

        var address = IPAddress.Parse(options.Address);
        if (options.PlainText)
        {
            PlainEndPoint = (IPEndPoint)Listen(new IPEndPoint(address, options.Port), "Port", tls: null);
            AnswerHeartbeats(PlainEndPoint);
        }

        if (options.Tls.Enabled)
        {
            _tls = new TlsAuthenticator(options.Tls, time, logger);
            TlsEndPoint = (IPEndPoint)Listen(new IPEndPoint(address, options.Tls.Port), "Tls:Port", _tls);
        }

        if (options.UnixSocket.Length > 0)
        {
            RemoveSocketFile();
            Listen(UnixEndPoint(), "UnixSocket", tls: null);
        }

        _loops.Add(loops.RunAsync("forward sweep", stopping => Loops.EveryAsync(SweepPeriod, time, _connections.Sweep, stopping), _stopping.Token));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes no more connections, lets those that are there end in order, and cuts off those that take longer than
    /// <see cref="ForwardOptions.StopTimeout"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        CloseSockets();
        if (_connections is null)
            return;
        var (ended, aborted) = await _connections.StopAsync(options.StopTimeout, cancellationToken);
        logger.Stopped(ended, aborted);
    }

    /// <summary>Reads certificates and secrets again, which new connections then use; what can't be read stays as it was.</summary>
    public void Reload()
    {
        _tls?.Reload();
        if (_context is null || !options.Security.Enabled)
            return;
        try
        {
            _context.Security = new ForwardSecurity(options.Security);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.SecretsNotReloaded(e.Message);
        }
    }

    public void Dispose()
    {
        // Twice: as itself, and as a hosted service.
        if (_isDisposed)
            return;
        _isDisposed = true;
        _stopping.Cancel(); // where the start failed half-way, nothing was stopped
        CloseSockets();
        _tls?.Dispose();
        _stopping.Dispose();
    }

    private EndPoint Listen(EndPoint endPoint, string option, TlsAuthenticator? tls)
    {
        bool unix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        _sockets.Add(socket);
        try
        {
            // Before it listens: the connections have it from the start, and a window that fits it.
            if (!unix && options.ReceiveBufferBytes > 0)
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            throw new ConfigurationException([$"AuraLogs:Forward:{option}: can't listen on {endPoint}: {e.Message}."]);
        }

        var bound = socket.LocalEndPoint!;
        var kind = tls is not null ? "TLS" : unix ? "unix socket" : "plain text";
        logger.Listening(bound.ToString()!, kind);
        _loops.Add(loops.RunAsync($"forward listener ({kind})", stopping => AcceptAsync(socket, tls, stopping), _stopping.Token));
        return bound;
    }

    private async Task AcceptAsync(Socket listener, TlsAuthenticator? tls, CancellationToken stopping)
    {
        while (true)
        {
            Socket? socket = null;
            await _connections!.WaitForSocketAsync(stopping);
            try
            {
                socket = await listener.AcceptAsync(stopping);
                if (socket.ProtocolType == ProtocolType.Tcp)
                    TcpLiveness.Watch(socket);
                _connections.Open(socket, tls);
            }
            catch (SocketException e) when (!stopping.IsCancellationRequested)
            {
                // Out of file descriptors, or the client is gone again: others go on.
                socket?.Dispose();
                _connections.GiveBackSocket();
                logger.NotAccepted(e.SocketErrorCode);
                await Task.Delay(PauseAfterFailure, time, stopping);
            }
        }
    }

    private void AnswerHeartbeats(IPEndPoint endPoint)
    {
        if (!options.UdpHeartbeat)
            return;
        try
        {
            var heartbeat = UdpHeartbeat.Bind(endPoint, time, logger);
            _sockets.Add(heartbeat);
            _loops.Add(loops.RunAgainAsync("UDP heartbeat", heartbeat.RunAsync, _stopping.Token));
        }
        catch (SocketException e)
        {
            logger.NoHeartbeat(endPoint.ToString(), e.SocketErrorCode);
        }
    }

    private void CloseSockets()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
        if (options.UnixSocket.Length == 0)
            return;
        try
        {
            RemoveSocketFile();
        }
        catch (ConfigurationException)
        {
            // It was replaced, or its directory is gone; the next start says so if it still matters.
        }
    }

    private UnixDomainSocketEndPoint UnixEndPoint()
    {
        try
        {
            return new UnixDomainSocketEndPoint(options.UnixSocket);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new ConfigurationException([$"AuraLogs:Forward:UnixSocket: {options.UnixSocket} is too long for a socket's path (108 bytes)."]);
        }
    }

    /// <summary>A socket file stays behind when its process is killed; nobody listens on it any more.</summary>
    private void RemoveSocketFile()
    {
        try
        {
            if (File.Exists(options.UnixSocket) && new FileInfo(options.UnixSocket).Length == 0)
                File.Delete(options.UnixSocket);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"AuraLogs:Forward:UnixSocket: {options.UnixSocket} can't be replaced: {e.Message}"]);
        }
    }
}
