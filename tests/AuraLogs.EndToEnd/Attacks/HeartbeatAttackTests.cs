using System.Net;
using System.Net.Sockets;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>One forged packet between two ports that answer was an exchange without an end, of 71,000 datagrams a second.</summary>
[Collection(nameof(Siege))]
public sealed class HeartbeatAttackTests
{
    [LongAttack]
    public async Task A_port_that_answers_every_answer()
    {
        await using var siege = await Siege.BeginAsync(settings: ("AuraLogs:Forward:UdpHeartbeat", "true"));
        var answers = 0;
        await Siege.AttackAsync(4, async (_, end) =>
        {
            using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var service = new IPEndPoint(IPAddress.Loopback, siege.Service.ForwardPort);
            await other.SendAsync("\0"u8.ToArray(), service, end);
            while (true)
            {
                await other.ReceiveAsync(end);
                Interlocked.Increment(ref answers);
                await other.SendAsync("\0"u8.ToArray(), service, end);
            }
        });
        await siege.JudgeAsync();

        // At most one for each port and half second.
        Assert.InRange(answers, 1, 4 * (1 + (2 * Siege.Duration.TotalSeconds)));
    }
}
