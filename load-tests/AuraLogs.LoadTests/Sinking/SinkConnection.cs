using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>One client's connection: requests in turn, answered as an Elasticsearch 7.6 of few talents does.</summary>
internal sealed class SinkConnection(Socket socket, SequenceLedger ledger, Behaviour behaviour, SinkTotals totals, bool shortAnswers)
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(1);
    private readonly ConnectionInput _input = new(socket);
    private readonly BulkScanner _scanner = new(ledger, behaviour);
    private readonly BulkAnswer _answer = new();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _input.ReadUntilAsync(HeadEnd, cancellationToken) is { } head)
        {
            if (behaviour.Now is not null)
                behaviour.Hit();
            if (behaviour.Now == OutageKind.Down)
                return;
            var request = HttpRequest.Parse(head);
            if (request.ExpectContinue)
                await SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
            var body = new BodyStream(_input, request);
            switch (behaviour.Now)
            {
                case OutageKind.Refuse503 or OutageKind.Refuse429:
                    await body.CopyToAsync(Stream.Null, cancellationToken);
                    var status = behaviour.Now == OutageKind.Refuse429 ? 429 : 503;
                    await AnswerAsync(status, Error(status), cancellationToken);
                    break;
                case OutageKind.Hang:
                    await body.CopyToAsync(Stream.Null, cancellationToken);
                    while (behaviour.Now == OutageKind.Hang)
                        await Task.Delay(100, cancellationToken);
                    return;
                default:
                    await ServeAsync(request, body, cancellationToken);
                    break;
            }
        }
    }

    private async Task ServeAsync(HttpRequest request, BodyStream body, CancellationToken cancellationToken)
    {
        if (!request.IsBulk)
        {
            await body.CopyToAsync(Stream.Null, cancellationToken);
            var (status, text) = Answers.For(request);
            await AnswerAsync(status, Encoding.UTF8.GetBytes(text), cancellationToken, request.Method == "HEAD");
            return;
        }

        var shape = AnswerShape.Of(request.Target);
        _answer.Start(shortAnswers && shape.Items == ItemFields.All ? shape with { Items = ItemFields.Error } : shape);
        if (behaviour.Now == OutageKind.Slow)
            await Task.Delay(SlowAnswer, cancellationToken);
        await using var content = request.Gzip ? new GZipStream(body, CompressionMode.Decompress) : (Stream)body;
        totals.Request(await _scanner.ReadAsync(content, _answer, cancellationToken));
        await AnswerAsync(200, _answer.End(), cancellationToken);
    }

    private async Task AnswerAsync(int status, byte[] body, CancellationToken cancellationToken, bool headOnly = false)
    {
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} X\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: {body.Length}\r\n\r\n");
        await SendAsync(headOnly ? head : [.. head, .. body], cancellationToken);
    }

    private async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
    }

    private static byte[] Error(int status) => Encoding.UTF8.GetBytes(status == 429
        ? """{"error":{"root_cause":[],"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429}"""
        : """{"error":{"root_cause":[],"type":"cluster_block_exception","reason":"blocked by: [SERVICE_UNAVAILABLE/2/no master];"},"status":503}""");
}
