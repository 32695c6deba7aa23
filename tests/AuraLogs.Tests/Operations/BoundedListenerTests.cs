using System.Net;
using System.Net.Sockets;
using AuraLogs.Operations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AuraLogs.Tests.Operations;

public sealed class BoundedListenerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_connection_is_accepted_once_another_is_closed()
    {
        await using var listener = await ListenAsync(most: 2);
        using var clients = await ClientsAsync(listener.EndPoint, 3);
        var first = await AcceptAsync(listener);
        var second = await AcceptAsync(listener);

        var third = listener.AcceptAsync().AsTask();
        Assert.False(third.IsCompleted);

        await first.DisposeAsync();
        await first.DisposeAsync(); // one place, however often
        await using var accepted = await third.WaitAsync(Patience);
        Assert.NotNull(accepted);

        var fourth = listener.AcceptAsync().AsTask();
        clients.Add(await ClientAsync(listener.EndPoint));
        Assert.False(fourth.IsCompleted);
        await second.DisposeAsync();
        await (await fourth.WaitAsync(Patience))!.DisposeAsync();
    }

    [Fact]
    public async Task Who_waits_for_a_place_when_it_is_unbound_is_told_that_there_is_no_more()
    {
        await using var listener = await ListenAsync(most: 1);
        using var clients = await ClientsAsync(listener.EndPoint, 2);
        await using var only = await AcceptAsync(listener);
        var next = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await next.WaitAsync(Patience));
    }

    private static async Task<IConnectionListener> ListenAsync(int most) =>
        await new BoundedListenerFactory(most, Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance)
            .BindAsync(new IPEndPoint(IPAddress.Loopback, 0));

    private static async Task<ConnectionContext> AcceptAsync(IConnectionListener listener) =>
        await listener.AcceptAsync().AsTask().WaitAsync(Patience) ?? throw new InvalidOperationException("It is unbound.");

    private static async Task<Clients> ClientsAsync(EndPoint endPoint, int count)
    {
        var clients = new Clients();
        for (var i = 0; i < count; i++)
            clients.Add(await ClientAsync(endPoint));
        return clients;
    }

    private static async Task<Socket> ClientAsync(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint);
        return socket;
    }

    private sealed class Clients : List<Socket>, IDisposable
    {
        public void Dispose() => ForEach(socket => socket.Dispose());
    }
}
