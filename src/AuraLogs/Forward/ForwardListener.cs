using System.Net;
using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Forward.Security;
using AuraLogs.Forward.Tls;
using AuraLogs.Memory;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Queue;
using AuraLogs.Unpacking;

namespace AuraLogs.Forward;

/// <summary>
/// The forward source: listens for senders, in plain text, with TLS and on a unix socket as configured, from the start of the
/// service to its end.
/// </summary>
internal sealed class ForwardListener(
    ForwardOptions options,
    LogQueue queue,
    MemoryBudgets memory,
    Clients clients,
    ForwardMetrics metrics,
    Problems problems,
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
        var context = new ForwardContext(
            options,
            options.ToLimits(queue.PartBytes, queue.MaxEventBytes),
            options.Security.Enabled ? new ForwardSecurity(options.Security) : null,
            memory.Receiving,
            memory.Storing,
            queue,
            metrics,
            new RefusalLog(logger, time),
            new RefusedSenders(problems, time),
            time);
        _connections = new ForwardConnections(context, clients);
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
            Listen(new UnixDomainSocketEndPoint(options.UnixSocket), "UnixSocket", tls: null);
        }

        _loops.Add(SweepAsync(_connections));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes no more connections, lets those that are there end in order, and cuts off those that take longer than
    /// <see cref="ForwardOptions.StopTimeout"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        CloseSockets();
        await Task.WhenAll(_loops);
        if (_connections is null)
            return;
        var (ended, aborted) = await _connections.StopAsync(options.StopTimeout, cancellationToken);
        logger.Stopped(ended, aborted);
    }

    public void Dispose()
    {
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
            socket.Bind(endPoint);
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            throw new ConfigurationException([$"AuraLogs:Forward:{option}: can't listen on {endPoint}: {e.Message}."]);
        }

        var bound = socket.LocalEndPoint!;
        logger.Listening(bound.ToString()!, tls is not null ? "TLS" : unix ? "unix socket" : "plain text");
        _loops.Add(AcceptAsync(socket, tls));
        return bound;
    }

    private async Task AcceptAsync(Socket listener, TlsAuthenticator? tls)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                if (socket.ProtocolType == ProtocolType.Tcp)
                    Prepare(socket);
                _connections!.Open(socket, tls);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or the client is gone again: others go on.
                logger.NotAccepted(e.SocketErrorCode);
                await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Acknowledgements go out at once, and a client that is gone without a word is noticed.</summary>
    private static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    private async Task SweepAsync(ForwardConnections connections)
    {
        using var timer = new PeriodicTimer(SweepPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                connections.Sweep();
        }
        catch (OperationCanceledException)
        {
            // Stopping.
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
            _loops.Add(heartbeat.RunAsync(_stopping.Token));
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
        if (options.UnixSocket.Length > 0)
            RemoveSocketFile();
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
