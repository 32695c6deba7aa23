using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Answers every request with 200 and items without an end.</summary>
internal sealed class EndlessAnswers : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _given;

    public EndlessAnswers()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>How many answers were broken off by who asked.</summary>
    public int Given => Volatile.Read(ref _given);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                for (var left = await PassHeadAsync(stream); left > 0;)
                    left -= await stream.ReadAsync(new byte[Math.Min(left, 64 << 10)], _stop.Token);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"errors\":true,\"items\":["u8.ToArray(), _stop.Token);
                var reason = new string('x', 900);
                var item = "{\"create\":{\"status\":400,\"error\":{\"type\":\"mapper_parsing_exception\",\"reason\":\"" + reason + "\"}}},";
                var items = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(item, 60)));
                while (true)
                    await stream.WriteAsync(items, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                Interlocked.Increment(ref _given);
            }
        }
    }

    /// <summary>Passes the head of a request.</summary>
    /// <returns>The length of the body.</returns>
    private async Task<int> PassHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0)
            head.Append((char)one[0]);
        var line = head.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line.Split(':')[1], null);
    }
}
