using System.Net;
using System.Net.Sockets;
using AuraLogs.Forward.Listening;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// One forged packet, from one aggregator's port to another's or to its own, was answered, and the answer, and so on: 71,000
/// datagrams a second and most of a core, for ever.
/// </summary>
public sealed class EndlessHeartbeatsTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task A_port_that_answers_gets_one_answer()
    {
        await using var server = await ForwardServer.StartAsync();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        await other.SendAsync("\0"u8.ToArray(), server.EndPoint, timeout.Token);
        await other.ReceiveAsync(timeout.Token);
        for (var i = 0; i < 50; i++)
            await other.SendAsync("\0"u8.ToArray(), server.EndPoint, timeout.Token);
        using var quiet = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await quiet.SendAsync("\0"u8.ToArray(), server.EndPoint, timeout.Token);
        await quiet.ReceiveAsync(timeout.Token); // those before it have been handled

        Assert.InRange(other.Available, 0, 5);
    }

    [Fact]
    public void A_sender_that_asks_each_second_is_always_answered()
    {
        var limit = new HeartbeatLimit(_time, 24224);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(limit.Admit(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000)));
            Assert.False(limit.Admit(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void An_answer_that_comes_back_across_the_turn_of_a_period_is_not_answered()
    {
        var limit = new HeartbeatLimit(_time, 24224);
        var from = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000);
        _time.Advance(HeartbeatLimit.Period - TimeSpan.FromMilliseconds(1));
        Assert.True(limit.Admit(from));
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.False(limit.Admit(from));
    }

    [Theory]
    [InlineData(24224)]
    [InlineData(7)]
    [InlineData(53)]
    public void The_own_port_and_those_of_well_known_services_are_never_answered(int port) =>
        Assert.False(new HeartbeatLimit(_time, 24224).Admit(new IPEndPoint(IPAddress.Parse("10.0.0.1"), port)));

    [Fact]
    public void An_address_gets_so_many_answers_and_all_together_so_many()
    {
        var limit = new HeartbeatLimit(_time, 24224);

        Assert.Equal(HeartbeatLimit.MostByAddress, Enumerable.Range(20_000, 100).Count(port => limit.Admit(new IPEndPoint(IPAddress.Parse("fd00::1"), port))));
        Assert.False(limit.Admit(new IPEndPoint(IPAddress.Parse("fd00::2"), 20_000)));
        var admitted = Enumerable.Range(0, 2 * HeartbeatLimit.MostPorts)
            .Count(i => limit.Admit(new IPEndPoint(new IPAddress([10, 1, (byte)(i >> 8), (byte)i]), 30_000)));

        Assert.Equal(HeartbeatLimit.MostPorts - HeartbeatLimit.MostByAddress, admitted);
    }
}
