using System.Net;
using Microsoft.AspNetCore.Connections;

namespace AuraLogs.Operations;

/// <summary>
/// The connections of the operations port, no more than <see cref="OperationsOptions.MaxConnections"/>: when one more comes, the oldest one of the address
/// with the most has to go, so that nobody who holds many keeps a probe from its answer.
/// </summary>
internal sealed class OperationsConnections(int most)
{
    /// <summary>How many that had to go may not be closed yet; with more of them, no new one is accepted (<see cref="BoundedListener"/>).</summary>
    public const int OnTheirWay = 32;

    private readonly Lock _lock = new();
    private readonly LinkedList<ConnectionContext> _open = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>Runs a connection to its end.</summary>
    /// <param name="connection">A new one.</param>
    /// <param name="next">What serves it.</param>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        LinkedListNode<ConnectionContext> node;
        ConnectionContext? leaves = null;
        lock (_lock)
        {
            if (_open.Count >= most)
                leaves = OldestOfMost();
            node = _open.AddLast(connection);
        }

        leaves?.Abort(new ConnectionAbortedException("Another connection needs its place."));
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock)
            {
                if (node.List is not null)
                    _open.Remove(node);
            }
        }
    }

    /// <summary>Takes it off the list: its place is free at once.</summary>
    private ConnectionContext OldestOfMost()
    {
        var address = _open.GroupBy(AddressOf).MaxBy(connections => connections.Count())!.Key;
        var oldest = _open.First!;
        while (!Equals(AddressOf(oldest.Value), address))
            oldest = oldest.Next!;
        _open.Remove(oldest);
        return oldest.Value;
    }

    private static IPAddress AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
}
