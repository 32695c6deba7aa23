using System.Net;
using Microsoft.AspNetCore.Connections;

namespace AuraLogs.Operations;

/// <summary>A listener that accepts a connection once there is a place for it; a connection has its place until it is disposed.</summary>
internal sealed class BoundedListener(IConnectionListener inner, int most) : IConnectionListener
{
    private readonly SemaphoreSlim _places = new(most);
    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint => inner.EndPoint;

    /// <returns>Null once it is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            await _places.WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
        {
            return null;
        }

        ConnectionContext? connection = null;
        try
        {
            connection = await inner.AcceptAsync(cancellationToken);
            return connection is null ? null : new BoundedConnection(connection, _places);
        }
        finally
        {
            if (connection is null)
                _places.Release();
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        await inner.UnbindAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // The places stay: a connection may give its own back after this.
        await _unbound.CancelAsync();
        await inner.DisposeAsync();
        _unbound.Dispose();
    }
}
