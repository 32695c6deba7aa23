using System.Net.Sockets;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>
/// With a limit of 500 descriptors, 550 idle connections made the runtime end itself, or <c>/healthz</c> unreachable; and on the forward port idle
/// connections of a few addresses locked all others out.
/// </summary>
[Collection(nameof(Siege))]
public sealed class DescriptorAttackTests
{
    [Theory]
    [InlineData("forward")]
    [InlineData("operations")]
    public async Task Idle_connections_beyond_the_limit_of_descriptors(string port)
    {
        await using var siege = await Siege.BeginAsync(descriptors: 500);
        var attacked = port == "forward" ? siege.Service.ForwardPort : siege.Service.Operations.Port;
        await Siege.AttackAsync(550, async (_, end) =>
        {
            using var socket = await Hostile.ConnectAsync(attacked, end);
            await socket.ReceiveAsync(new byte[1], SocketFlags.None, end);
        });
        await siege.JudgeAsync();
    }
}
