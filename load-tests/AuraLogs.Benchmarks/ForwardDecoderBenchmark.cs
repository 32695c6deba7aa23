using System.IO.Compression;
using System.Text;
using AuraLogs.Forward;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Storing;
using AuraLogs.Memory;
using AuraLogs.Unpacking;
using BenchmarkDotNet.Attributes;

namespace AuraLogs.Benchmarks;

/// <summary>
/// The decoder's speed and allocations: one message of so many bytes, made of Kubernetes log records of about 690 bytes, decoded whole
/// and in the pieces of 64 KiB in which a socket may give it. Allocated must stay 0 but for what gzip itself needs.
/// <c>dotnet run -c Release --project load-tests/AuraLogs.Benchmarks -- --filter '*ForwardDecoder*'</c>
/// </summary>
[MemoryDiagnoser]
public class ForwardDecoderBenchmark : IDisposable
{
    private const int PieceBytes = 64 << 10;

    private static readonly ForwardLimits Limits = new ForwardOptions().ToLimits((512 << 10) - 4096, 4 << 20);

    private readonly ForwardDecoder _decoder = new(Limits);
    private readonly BufferPool _pool = new(64 << 20, TimeProvider.System);
    private CompressedEvents _compressed = null!;
    private byte[] _forward = [];
    private byte[] _packed = [];
    private byte[] _gzip = [];

    /// <summary>Bytes of the message.</summary>
    [Params(1_000, 100_000, 2_000_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _compressed = new CompressedEvents(Limits, _pool.NewBudget("storing", _pool.Limit));
        int count = Math.Max(1, Bytes / Event(0).Length);
        byte[] events = [.. Enumerable.Range(0, count).SelectMany(Event)];
        byte[] tag = Text("kube.var.log.containers.aura-bridge-fbbe3849-abcde_aura-system_aura-bridge.log");
        byte[] options = [0x81, .. Text("chunk"), .. Text("5ooUepTU09WUnVt50kvTqQ==")];
        _forward = [0x93, .. tag, 0xdd, .. BigEndian(count), .. events, .. options];
        _packed = [0x93, .. tag, 0xc6, .. BigEndian(events.Length), .. events, .. options];
        var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionLevel.Fastest))
            packer.Write(events);
        _gzip = gzip.ToArray();
    }

    [Benchmark]
    public int Forward() => Decode(_forward);

    [Benchmark]
    public int PackedForward() => Decode(_packed);

    [Benchmark]
    public int ForwardInPieces()
    {
        _decoder.Begin();
        for (int arrived = PieceBytes; arrived < _forward.Length; arrived += PieceBytes)
            _decoder.Decode(_forward.AsSpan(0, arrived));
        _decoder.Decode(_forward);
        return _decoder.Message.EventCount;
    }

    [Benchmark]
    public async Task<int> Gzip()
    {
        await _compressed.CheckAsync(_gzip, Compression.Gzip, default);
        return _compressed.Count;
    }

    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Decode(byte[] message)
    {
        _decoder.Begin();
        if (_decoder.Decode(message) != DecodeStatus.Message)
            throw new InvalidOperationException("Not decoded.");
        return _decoder.Message.EventCount;
    }

    private static byte[] Event(int number) =>
    [
        0x92, 0x92, 0xd7, 0x00, 0x6b, 0x02, 0xaf, 0x2c, 0x05, 0xcf, 0x69, 0x58, 0x80, 0x87,
        .. Text("time"), .. Text("2026-11-22T09:00:28.097479+00:00"),
        .. Text("lvl"), .. Text("ERROR"),
        .. Text("seq"), 0xce, .. BigEndian(number),
        .. Text("msg"), .. Text("TLS handshake with 127.0.0.1 failed: " + new string('x', 180)),
        .. Text("cluster"), .. Text("aura-dev"),
        .. Text("host"), .. Text("node-0"),
        .. Text("kubernetes"), 0x86,
        .. Text("pod_name"), .. Text("aura-bridge-fbbe3849-abcde"),
        .. Text("namespace_name"), .. Text("aura-system"),
        .. Text("container_name"), .. Text("aura-bridge"),
        .. Text("pod_id"), .. Text("0b35b1de-250e-7b34-a4aa-07b49e6397d4"),
        .. Text("container_image"), .. Text("registry.example/aura/bridge:1.2.3"),
        .. Text("labels"), 0x83,
        .. Text("app"), .. Text("aura-bridge"),
        .. Text("app.kubernetes.io/name"), .. Text("aura-bridge"),
        .. Text("pod-template-hash"), .. Text("fbbe3849"),
    ];

    private static byte[] Text(string text) => text.Length < 32
        ? [(byte)(0xa0 | text.Length), .. Encoding.ASCII.GetBytes(text)]
        : [0xd9, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
