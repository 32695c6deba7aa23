using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Tls;

namespace AuraLogs.Forward.Listening;

/// <summary>The connections that are open: takes new ones within the limits, watches their times, ends them all.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for has nothing to dispose, and connections end after their listener.")]
internal sealed class ForwardConnections(ForwardContext context, Clients clients)
{
    /// <summary>How long a message may stand still while others wait for its memory.</summary>
    private static readonly TimeSpan StallTime = TimeSpan.FromSeconds(2);

    /// <summary>One of so many goes at once, when one has to.</summary>
    private const int RoomShare = 256;

    /// <summary>Sockets beyond the limit of connections: the ones that listeners wait for, and those that had to go.</summary>
    public const int SocketsOnTheirWay = 16;

    private readonly ConcurrentDictionary<ForwardConnection, Task> _open = new();
    private readonly ConcurrentDictionary<ForwardConnection, IPAddress?> _addresses = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _sockets = new(context.Options.MaxConnections + SocketsOnTheirWay);
    private int _count;

    /// <summary>
    /// Waits until one more socket may be open. Those that had to go count until they are closed: who connects faster than we close would use up
    /// the descriptors of the process.
    /// </summary>
    public Task WaitForSocketAsync(CancellationToken cancellationToken) => _sockets.WaitAsync(cancellationToken);

    /// <summary>The socket that was waited for was not opened.</summary>
    public void GiveBackSocket() => _sockets.Release();

    /// <summary>Takes an accepted socket over, and runs the connection; or closes it if there are too many.</summary>
    public void Open(Socket socket, TlsAuthenticator? tls)
    {
        var address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
        var refusal = TryCount(address);
        if (refusal == Refusal.TooManyConnections && MakeRoom())
            refusal = TryCount(address);
        if (refusal != Refusal.None)
        {
            context.Metrics.ConnectionRefused(refusal);
            context.Log.Refused(address?.ToString() ?? "unix socket", refusal, 0);
            context.Refused.Add(address?.ToString() ?? "unix socket", "", refusal);
            socket.Dispose();
            GiveBackSocket();
            return;
        }

        var client = clients.Connect(socket.RemoteEndPoint is IPEndPoint endPoint ? endPoint : null);
        var connection = new ForwardConnection(socket, client, tls, context);
        context.Metrics.ConnectionOpened();
        var registered = new TaskCompletionSource();
        _addresses[connection] = address;
        _open[connection] = RunAsync(connection, client, registered.Task);
        registered.SetResult();
    }

    /// <summary>Looks after the connections, and ends those whose times are up. To be called about once a second.</summary>
    public void Sweep()
    {
        long now = context.Time.GetTimestamp();
        foreach (var (connection, _) in _open)
            connection.Sweep(now);
        context.Refused.Sweep();
        if (context.Receiving.Wanted is var wanted and > 0)
            EndStalled(wanted);
    }

    /// <summary>Lets all end in order; cuts off those that take longer.</summary>
    /// <returns>How many ended in order, and how many were cut off.</returns>
    public async Task<(int Ended, int Aborted)> StopAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var open = _open.ToArray();
        foreach (var (connection, _) in open)
            connection.Stop();
        var ended = Task.WhenAll(open.Select(connection => connection.Value));
        await Task.WhenAny(ended, Task.Delay(timeout, context.Time, cancellationToken));
        int aborted = _open.Count;
        foreach (var (connection, _) in _open)
            connection.Abort();
        await ended;
        return (open.Length - aborted, aborted);
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
            context.Metrics.Refused(Refusal.InternalError);
            context.Log.Logger.Failed(e, client.Address);
        }
        finally
        {
            connection.Dispose();
            client.Dispose();
            context.Metrics.ConnectionClosed();
            _open.TryRemove(connection, out _);
            Uncount(connection);
            GiveBackSocket();
        }
    }

    /// <summary>Ends those whose messages have stood still longest, until what they give back is enough for those who wait.</summary>
    private void EndStalled(long wanted)
    {
        long before = context.Time.GetTimestamp() - (long)(StallTime.TotalSeconds * context.Time.TimestampFrequency);
        var stalled = _open.Keys
            .Select(connection => (Connection: connection, Since: connection.WaitsSince))
            .Where(waiting => waiting.Since < before)
            .OrderBy(waiting => waiting.Since);
        foreach (var (connection, _) in stalled)
        {
            wanted -= connection.HeldBytes;
            connection.Expire(Refusal.Stalled);
            if (wanted <= 0)
                return;
        }
    }

    /// <summary>
    /// Ends the longest idle connections of the address with the most, a few at once so that who keeps opening them does not make us look
    /// through all for each. Their places are free at once; their sockets when they are closed.
    /// </summary>
    /// <returns>False when that address has no idle ones.</returns>
    private bool MakeRoom()
    {
        IPAddress? most;
        lock (_lock)
            most = _perAddress.Count == 0 ? null : _perAddress.MaxBy(counted => counted.Value).Key;
        var idle = _addresses
            .Where(opened => opened.Value is not null && opened.Value.Equals(most))
            .Select(opened => (Connection: opened.Key, Since: opened.Key.IdleSince))
            .Where(opened => opened.Since is not null)
            .OrderBy(opened => opened.Since)
            .Take(1 + (context.Options.MaxConnections / RoomShare))
            .ToList();
        foreach (var (connection, _) in idle)
        {
            Uncount(connection);
            connection.Expire(Refusal.MadeRoom);
        }

        return idle.Count > 0;
    }

    private Refusal TryCount(IPAddress? address)
    {
        lock (_lock)
        {
            if (_count >= context.Options.MaxConnections)
                return Refusal.TooManyConnections;
            if (address is not null)
            {
                int ofAddress = _perAddress.GetValueOrDefault(address);
                if (ofAddress >= context.Options.MaxConnectionsPerAddress)
                    return Refusal.TooManyFromAddress;
                _perAddress[address] = ofAddress + 1;
            }

            _count++;
            return Refusal.None;
        }
    }

    /// <summary>Once for each that was counted, however often it is called.</summary>
    private void Uncount(ForwardConnection connection)
    {
        if (!_addresses.TryRemove(connection, out var address))
            return;
        lock (_lock)
        {
            _count--;
            if (address is not null && --_perAddress[address] == 0)
                _perAddress.Remove(address);
        }
    }
}
