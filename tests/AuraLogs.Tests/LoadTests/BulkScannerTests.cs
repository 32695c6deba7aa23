using System.Text;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.Tests.LoadTests;

public class BulkScannerTests
{
    private readonly SequenceLedger _ledger = new(10);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public async Task Documents_are_judged_as_an_index_would_however_the_body_arrives(int pieces)
    {
        var answer = await ScanAsync(pieces, Document("a", 0), Document("b", 1), Document("a", 0), Document("c", 1), Document("d", 99));

        Assert.Equal("""{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":201}},{"create":{"status":409}},{"create":{"status":201}},{"create":{"status":201}}]}""", answer);
        Assert.Equal((2, 1, 1, 1), (_ledger.Created, _ledger.Conflicts, _ledger.Duplicates, _ledger.Strangers));
        Assert.Equal(8, _ledger.Missing(10));
    }

    [Fact]
    public async Task A_document_without_an_id_that_comes_twice_is_twice_in_the_index()
    {
        const string document = "{\"create\":{\"_index\":\"i\"}}\n{\"@timestamp\":\"t\",\"seq\":3}\n";

        await ScanAsync(1 << 20, document, document);

        Assert.Equal((1, 1), (_ledger.Created, _ledger.Duplicates));
    }

    private static string Document(string id, int sequence) =>
        $"{{\"create\":{{\"_index\":\"i\",\"_id\":\"{id}\"}}}}\n{{\"@timestamp\":\"t\",\"seq\":{sequence},\"log\":\"x\"}}\n";

    private async Task<string> ScanAsync(int pieces, params string[] documents)
    {
        var answer = new BulkAnswer();
        answer.Start(AnswerShape.Of("/_bulk?filter_path=errors,items.*.status"));
        var body = new PiecewiseStream(Encoding.UTF8.GetBytes(string.Concat(documents)), pieces);
        await new BulkScanner(_ledger, new Behaviour([])).ReadAsync(body, answer, CancellationToken.None);
        return Encoding.UTF8.GetString(answer.End());
    }

    private sealed class PiecewiseStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
