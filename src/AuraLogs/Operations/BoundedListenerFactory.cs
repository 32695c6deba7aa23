using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace AuraLogs.Operations;

/// <summary>
/// Accepts no connection before there is a place for it. Kestrel's own limit accepts and then closes what is too much, and while connections come faster
/// than they are closed, their descriptors run out, at which the runtime ends the process. What is not accepted waits in the kernel and costs none.
/// </summary>
/// <param name="most">How many may be accepted and not closed.</param>
/// <param name="options">Of the sockets.</param>
/// <param name="logging">The log lines of the sockets.</param>
internal sealed class BoundedListenerFactory(int most, IOptions<SocketTransportOptions> options, ILoggerFactory logging) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _sockets = new(options, logging);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new BoundedListener(await _sockets.BindAsync(endpoint, cancellationToken), most);
}
