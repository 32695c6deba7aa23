using AuraLogs.Forward;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Storing;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Indexing;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Fluent Bit puts OpenTelemetry's records between markers that have the resource and no time. The markers became documents of the year 2106, on
/// top of every search; the records had no resource, and their trace ids were Base64.
/// </summary>
public sealed class OpenTelemetryGroupTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] End = Pack.Array(Pack.Array(Pack.Time(0xffff_fffe), Pack.Map()), Pack.Map());

    private readonly QueueDirectory _directory = new();
    private BulkServer _server = null!;

    public async Task InitializeAsync() => _server = await BulkServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_Fluent_Bit_forwarded_becomes_documents_with_resource_scope_and_ids()
    {
        byte[] capture = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Captures", "opentelemetry-ack", "conn0.client.bin"));
        await IndexAsync(capture, events: 5);

        const string resource = """
            "resource":{"service.name":"checkout"},"kubernetes":{"namespace_name":"shop","pod_name":"checkout-5d9f-abcde","container_name":"app","host":"node-1","labels":{"app.kubernetes.io/name":"checkout"}}
            """;
        Assert.Equal(
            [
                "{\"@timestamp\":\"2026-11-22T09:00:28.097479123Z\",\"log\":\"order placed\",\"observed_timestamp\":\"2026-11-22T09:00:28.097999000Z\",\"severity_number\":9,\"level\":\"INFO\",\"attributes\":{\"order.id\":17,\"ok\":true},\"trace_id\":\"5b8efff798038103d269b633813fc60c\",\"span_id\":\"eee19b7ec3c1b174\"," + resource + ",\"scope\":{\"name\":\"com.example.Checkout\",\"version\":\"1.2\",\"attributes\":{\"s\":\"v\"}}}",
                "{\"@timestamp\":\"2026-11-22T09:00:29.000000000Z\",\"msg\":\"a map\",\"n\":3,\"severity_number\":17,\"level\":\"ERROR\"," + resource + ",\"scope\":{\"name\":\"com.example.Checkout\",\"version\":\"1.2\",\"attributes\":{\"s\":\"v\"}}}",
                "{\"@timestamp\":\"2026-11-22T09:00:30.000000001Z\",\"log\":\"no time, observed only\",\"observed_timestamp\":\"2026-11-22T09:00:30.000000001Z\"," + resource + ",\"scope\":{\"name\":\"com.example.Checkout\",\"version\":\"1.2\",\"attributes\":{\"s\":\"v\"}}}",
                "{\"@timestamp\":\"2026-11-22T09:00:31.000000000Z\",\"log\":5,\"level\":\"WARN\"," + resource + ",\"scope\":{\"name\":\"second\"}}",
                "{\"@timestamp\":\"2026-11-22T09:00:32.000000000Z\",\"log\":\"of another resource\",\"resource\":{\"service.name\":\"other\"}}",
            ],
            _server.Logs.OrderBy(log => log.Key.Id, StringComparer.Ordinal).Select(log => log.Value.GetRawText()));
    }

    /// <summary>An entry that begins in the middle of a group has its marker too; random texts, so that compressed ones are divided as well.</summary>
    [Theory]
    [InlineData("forward")]
    [InlineData("packed")]
    [InlineData("gzip")]
    public async Task Records_of_a_group_that_is_divided_into_entries_all_have_its_resource(string mode)
    {
        const int Records = 6000;
        var random = new Random(1);
        byte[] Line() => Pack.Str(Convert.ToBase64String([.. Enumerable.Range(0, 750).Select(_ => (byte)random.Next(256))]));
        byte[][] events =
        [
            Begin("first"), .. Enumerable.Range(0, Records / 2).Select(i => Record(i, Line())), End,
            Begin("second"), .. Enumerable.Range(Records / 2, Records / 2).Select(i => Record(i, Line())), End,
        ];

        await IndexAsync(OversizedEventTests.Chunk(mode, events), Records);

        var documents = _server.Logs.Select(log => log.Value).OrderBy(document => document.GetProperty("n").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(0, Records), documents.Select(document => document.GetProperty("n").GetInt32()));
        Assert.All(documents, document => Assert.Equal(
            document.GetProperty("n").GetInt32() < Records / 2 ? "first" : "second",
            document.GetProperty("resource").GetProperty("service.name").GetString()));
    }

    [Fact]
    public async Task A_field_that_the_record_has_already_stays_what_it_is()
    {
        byte[] metadata = Pack.Map(
            Pack.Str("otlp"), Pack.Map(Pack.Str("severity_text"), Pack.Str("WARN"), Pack.Str("trace_id"), Pack.Bin([1, 0xab])),
            Pack.Str("other"), Pack.Int(1));
        byte[] record = Pack.Map(Pack.Str("level"), Pack.Str("own"), Pack.Str("resource"), Pack.Str("own"));
        await IndexAsync(OversizedEventTests.Chunk("forward", [Begin("s"), Pack.Array(Pack.Array(Pack.Time(1_900_000_000), metadata), record)]), events: 1);

        var document = Assert.Single(_server.Logs).Value;
        Assert.Equal(
            ("own", "WARN", "01ab", "own", "s"),
            (document.GetProperty("level").GetString(), document.GetProperty("otlp.level").GetString(), document.GetProperty("trace_id").GetString(),
                document.GetProperty("resource").GetString(), document.GetProperty("otlp.resource").GetProperty("service.name").GetString()));
        Assert.Equal(1, document.GetProperty("metadata").GetProperty("other").GetInt32());
    }

    [Fact]
    public async Task Markers_alone_are_acknowledged_and_are_no_events()
    {
        await using var server = await ForwardServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(OversizedEventTests.Chunk("forward", [Begin("s"), End, Begin("t"), End]));
        Assert.Equal("a-chunk", await client.ReceiveAckAsync());
        Assert.Equal(0, server.Queue.Ledger.Received);
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("gzip")]
    public async Task A_damaged_chunk_keeps_its_groups(string mode)
    {
        await IndexAsync(OversizedEventTests.Chunk(mode, [Begin("s"), Record(0, Pack.Str("a")), Pack.Int(5), Record(1, Pack.Str("b")), End]), events: 3);

        Assert.Equal(2, _server.Logs.Count());
        Assert.Contains(_server.Logs, log => log.Value.TryGetProperty("resource", out _));
        Assert.Single(_server.DeadLetters);
    }

    /// <summary>A time of these seconds that is no EventTime is a time.</summary>
    [Fact]
    public void An_integer_is_no_marker()
    {
        byte[] late = Pack.Array([0xce, 0xff, 0xff, 0xff, 0xff], Pack.Record());
        byte[] fraction = Pack.Array(Pack.Time(0xffff_ffff, 1), Pack.Record());
        Assert.Equal(2, Assert.Single(Decoded.All(OversizedEventTests.Chunk("forward", [late, fraction])).Messages).EventCount);
    }

    private async Task IndexAsync(byte[] message, int events)
    {
        await using var run = await new IndexingRun(_directory, _server.Url.ToString()).StartAsync();
        using var memory = TestMemory.Budgets();
        var limits = new ForwardOptions().ToLimits(run.Queue.PartBytes, run.Queue.MaxEventBytes);
        var decoder = new ForwardDecoder(limits);
        decoder.Begin();
        Assert.Equal(DecodeStatus.Message, decoder.Decode(message));
        Assert.Equal(events, await new MessageStore(run.Queue, limits, memory.Storing).StoreAsync(decoder, message, default));
        await Until.TrueAsync(() => run.Queue.Ledger.Received == events);
        await run.DrainedAsync();
        Assert.Equal(events, run.Queue.Ledger.Indexed + run.Queue.Ledger.DeadLettered);
    }

    private static byte[] Begin(string service) => Pack.Array(
        Pack.Array(Pack.Time(uint.MaxValue), Pack.Map(Pack.Str("schema"), Pack.Str("otlp"))),
        Pack.Map(Pack.Str("resource"), Pack.Map(Pack.Str("attributes"), Pack.Map(Pack.Str("service.name"), Pack.Str(service)))));

    private static byte[] Record(int n, byte[] line) => Pack.Array(
        Pack.Array(Pack.Time(1_900_000_000, (uint)n), Pack.Map(Pack.Str("otlp"), Pack.Map())), Pack.Map(Pack.Str("n"), Pack.Int(n), Pack.Str("log"), line));
}
