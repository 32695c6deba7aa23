using System.Net.Sockets;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>What anybody on the network can send to the forward port.</summary>
[Collection(nameof(Siege))]
public sealed class IntakeAttackTests
{
    private static readonly int[] Stairs = [33_000_000, 17_000_000, 9_000_000, 4_500_000, 2_300_000, 1_200_000, 600_000];

    /// <summary>Took all memory once, and the queue's pages with it, for good.</summary>
    [Theory]
    [InlineData("a staircase of sizes", 213, 256)]
    [InlineData("six of the largest that is taken", 6, 256)]
    [InlineData("six of 62 MB", 6, 512)]
    public async Task Partial_messages(string kind, int attackers, int container)
    {
        await using var siege = await Siege.BeginAsync(container);
        await Siege.AttackAsync(attackers, (number, end) => SendAllButTheLastByteAsync(
            siege.Service.ForwardPort,
            kind switch
            {
                "six of 62 MB" => 62_000_000,
                "six of the largest that is taken" => 22_000_000,
                _ => Stairs[number % Stairs.Length],
            },
            end));
        await siege.JudgeAsync();
    }

    [LongAttack]
    public async Task Broken_frames_nesting_and_lies_about_lengths()
    {
        await using var siege = await Siege.BeginAsync();
        await Siege.AttackAsync(20, async (number, end) =>
        {
            foreach (var bytes in Hostile.Broken)
            {
                await Hostile.SendAsync(siege.Service.ForwardPort, bytes, end);
                await Hostile.SendAsync(siege.Service.ForwardPort, bytes.AsMemory(0, 1 + (number % bytes.Length)), end);
            }
        });
        await siege.JudgeAsync();
    }

    /// <summary>65 KB became 22 million documents once.</summary>
    [LongAttack]
    public async Task Gzip_bombs_of_millions_of_events()
    {
        await using var siege = await Siege.BeginAsync();
        byte[][] bombs = [Hostile.GzipBomb(5_000_000), Hostile.GzipBomb(20_000, isNested: true)];
        await Siege.AttackAsync(8, (number, end) => Hostile.SendAsync(siege.Service.ForwardPort, bombs[number % bombs.Length], end));
        await siege.JudgeAsync();
        var ledger = await ServiceStatus.LedgerAsync(siege.Service);
        Assert.InRange(ServiceStatus.Of(ledger, "received"), 1, 1_000_000);
    }

    /// <summary>A list of what was taken and what was not of one such message was many times larger than the message.</summary>
    [Fact]
    public async Task Messages_of_events_and_other_values_in_turn()
    {
        await using var siege = await Siege.BeginAsync();
        var message = Hostile.Alternating(20_000_000);
        await Siege.AttackAsync(4, (_, end) => Hostile.SendAsync(siege.Service.ForwardPort, message, end));
        await siege.JudgeAsync();
    }

    /// <summary>What waits to be acknowledged had a bound for each connection, and none for all.</summary>
    [LongAttack]
    public async Task Acknowledgements_that_are_never_read()
    {
        await using var siege = await Siege.BeginAsync();
        await Siege.AttackAsync(60, async (number, end) =>
        {
            using var socket = await Hostile.ConnectAsync(siege.Service.ForwardPort, end, receiveBuffer: 4096);
            var messages = Hostile.ManyAcknowledged(3000, number);
            for (var sent = 0; sent < messages.Length;)
                sent += await socket.SendAsync(messages.AsMemory(sent), end);
            await Task.Delay(Timeout.Infinite, end);
        });
        await siege.JudgeAsync();
    }

    /// <summary>An empty key let everybody in once; the good senders of this test have none, so they have a service of their own beside it.</summary>
    [Fact]
    public async Task Messages_without_the_key()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, ("AuraLogs:Forward:Security:SharedKey", "a key that nobody guesses"));
        byte[] message = Hostile.ManyAcknowledged(10, 1);
        foreach (var ping in (byte[][])[[], new MessagePackBuilder().Array(6).Text("PING").Text("h").Text("").Text("").Text("").Text("").Bytes.ToArray()])
        {
            using var client = await ForwardClient.ConnectAsync(service.ForwardPort);
            await client.SendAsync(ping.Concat(message).ToArray());
            Assert.True(await client.IsClosedByServerAsync(TimeSpan.FromSeconds(30)));
        }

        Assert.Equal(0, ServiceStatus.Of(await ServiceStatus.LedgerAsync(service), "received"));
        using var right = await ForwardClient.ConnectAsync(service.ForwardPort);
        await SecureForward.ShakeHandsAsync(right, "a key that nobody guesses", "", "");
        await right.SendAsync(message);
        Assert.Equal("1-0", await right.ReadAckAsync());
    }

    /// <summary>Sends a message but for its last byte, and waits to be thrown out.</summary>
    private static async Task SendAllButTheLastByteAsync(int port, int bytes, CancellationToken end)
    {
        byte[] start = [.. new MessagePackBuilder().Array(2).Text("attack").Bytes.Span, 0xc6, (byte)(bytes >> 24), (byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes];
        var events = new byte[12 << 10];
        for (var i = 0; i < events.Length; i += 3)
            (events[i], events[i + 1], events[i + 2]) = (0x92, 0x01, 0x80);
        using var socket = await Hostile.ConnectAsync(port, end);
        await socket.SendAsync(start, end);
        for (var sent = 0; sent < bytes - 1;)
            sent += await socket.SendAsync(events.AsMemory(0, Math.Min(events.Length, bytes - 1 - sent)), end);
        await socket.ReceiveAsync(new byte[1], SocketFlags.None, end);
    }
}
