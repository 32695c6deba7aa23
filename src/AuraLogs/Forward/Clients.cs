using System.Collections.Concurrent;
using System.Net;

namespace AuraLogs.Forward;

/// <summary>The senders that are connected now, for status and the page: addresses are too many for labels of metrics.</summary>
internal sealed class Clients(TimeProvider time)
{
    private readonly ConcurrentDictionary<Client, byte> _connected = new();

    public IReadOnlyCollection<Client> Connected => (IReadOnlyCollection<Client>)_connected.Keys;

    /// <summary>Called when a connection opens; the connection counts into the client and disposes it when it closes.</summary>
    public Client Connect(EndPoint? endPoint)
    {
        var client = new Client(endPoint?.ToString() ?? "unknown", time, gone => _connected.TryRemove(gone, out _));
        _connected[client] = 0;
        return client;
    }
}
