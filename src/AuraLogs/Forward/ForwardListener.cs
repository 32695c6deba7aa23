using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Queue;

namespace AuraLogs.Forward;

/// <summary>Listens for senders and runs their connections, from the start of the service to its end.</summary>
internal sealed class ForwardListener(
    ForwardOptions options, LogQueue queue, Clients clients, ForwardMetrics metrics, TimeProvider time, ILogger<ForwardListener> logger)
    : IHostedService, IDisposable
{
    private const int Backlog = 512;

    private readonly ConcurrentDictionary<ForwardConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens, after the start: the port that was found when the option says 0.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener!.LocalEndPoint!;

    /// <exception cref="ConfigurationException">The address can't be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(options.Address), options.Port);
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(endPoint);
            _listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            throw new ConfigurationException([$"AuraLogs:Forward:Address and :Port: can't listen on {endPoint}: {e.Message}."]);
        }

        logger.Listening(EndPoint.ToString());
        _accepting = AcceptAsync(_listener);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes no more connections, lets those that are there end in order, and cuts off those that take longer than
    /// <see cref="ForwardOptions.StopTimeout"/>.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;

        var open = _connections.ToArray();
        foreach (var (connection, _) in open)
            connection.Stop();
        var ended = Task.WhenAll(open.Select(connection => connection.Value));
        await Task.WhenAny(ended, Task.Delay(options.StopTimeout, time, cancellationToken));
        int aborted = _connections.Count;
        foreach (var (connection, _) in _connections)
            connection.Abort();
        await ended;
        logger.Stopped(open.Length - aborted, aborted);
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Open(await listener.AcceptAsync(_stopping.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or the client is gone again: others go on.
                logger.NotAccepted(e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
            }
        }
    }

    private void Open(Socket socket)
    {
        socket.NoDelay = true;
        var client = clients.Connect(socket.RemoteEndPoint);
        var limits = options.ToLimits(queue.MaxEventBytes);
        var connection = new ForwardConnection(socket, client, queue, limits, metrics, time, logger);
        metrics.ConnectionOpened();
        var started = new TaskCompletionSource();
        _connections[connection] = RunAsync(connection, client, started.Task);
        started.SetResult();
    }

    private async Task RunAsync(ForwardConnection connection, Client client, Task registered)
    {
        await registered;
        try
        {
            await connection.RunAsync();
        }
        catch (Exception e)
        {
            // Ours to repair, but one client must not end the service for all.
            metrics.Refused(Refusal.InternalError);
            logger.Failed(e, client.Address);
        }
        finally
        {
            connection.Dispose();
            client.Dispose();
            metrics.ConnectionClosed();
            _connections.TryRemove(connection, out _);
        }
    }
}
