using System.Net;
using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;
using AuraLogs.Hosting.Start;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>Idle connections of a few addresses took all places, or all file descriptors, and nobody else was let in.</summary>
public sealed class IdleConnectionsTests
{
    [Fact]
    public async Task Idle_connections_of_the_address_with_the_most_go_for_a_new_one()
    {
        await using var server = await ForwardServer.StartAsync(options =>
        {
            options.MaxConnections = 30;
            options.MaxConnectionsPerAddress = 20;
        });
        var quiet = await ConnectFromAsync("127.0.0.2", server);
        var many = new List<Socket>();
        for (var i = 0; i < 200; i++)
            many.Add(await ConnectFromAsync($"127.0.0.{3 + (i % 6)}", server));
        await Until.TrueAsync(() => server.Counts["auralogs_forward_connections"] <= 30);

        await using var good = await server.ConnectAsync();
        await good.SendAsync(Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Event(1, "a")), Pack.Map(Pack.Str("chunk"), Pack.Str("1"))));
        Assert.Equal("1", await good.ReceiveAckAsync());
        Assert.InRange(server.Counts["auralogs_forward_refused_total made_room"], 1, 200);
        Assert.False(quiet.Poll(0, SelectMode.SelectRead), "The only connection of its address had to go.");
        quiet.Dispose();
        many.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void Connections_are_bounded_by_the_descriptors_that_there_are_and_it_is_told()
    {
        var (options, errors) = (new AuraLogsOptions(), new ConfigurationErrors());
        Assert.Null(FileDescriptors.Bound(options, 65_536, errors));
        Assert.Equal(10_000, options.Forward.MaxConnections);

        var told = FileDescriptors.Bound(options, 500, errors);
        Assert.Contains("instead of 10000", told, StringComparison.Ordinal);
        Assert.InRange(options.Forward.MaxConnections, 200, 300);
        Assert.Equal(options.Forward.MaxConnections, options.Forward.MaxConnectionsPerAddress);
        Assert.Empty(errors.Messages);

        Assert.Null(FileDescriptors.Bound(options, 100, errors));
        Assert.StartsWith("AuraLogs:Forward:MaxConnections has no room", Assert.Single(errors.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_is_raised_to_what_the_system_allows()
    {
        var hard = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        Assert.Equal(hard, FileDescriptors.RaiseLimit().ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<Socket> ConnectFromAsync(string address, ForwardServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(server.EndPoint);
        return socket;
    }
}
