using System.Globalization;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Indexing;

/// <summary>Sends chunks of numbered events, each chunk with one whose <c>n</c> is an object where all others have a text.</summary>
internal static class PoisonSender
{
    public const int PerChunk = 50;

    /// <summary>Sends the chunks one after the other, each with its ack.</summary>
    public static async Task SendAsync(int port, int firstChunk, int chunks)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = await ForwardClient.ConnectAsync(port, limit.Token);
        for (var chunk = firstChunk; chunk < firstChunk + chunks; chunk++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"poison/{chunk}");
            await client.SendAsync(Build(chunk, id), limit.Token);
            Assert.Equal(id, await client.ReadAckAsync(limit.Token));
        }
    }

    private static ReadOnlyMemory<byte> Build(int chunk, string id)
    {
        var now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var message = new MessagePackBuilder().Array(3).Text("test.poison").Array(PerChunk);
        for (var i = 0; i < PerChunk; i++)
        {
            var number = (chunk * PerChunk) + i;
            message.Array(2).EventTime(now, (uint)i).Map(2).Text("number").Text(number.ToString(CultureInfo.InvariantCulture)).Text("n");
            if (i == PerChunk - 1)
                message.Map(1).Text("poison").Integer(number);
            else
                message.Text("text");
        }

        return message.Map(1).Text("chunk").Text(id).Bytes;
    }
}
