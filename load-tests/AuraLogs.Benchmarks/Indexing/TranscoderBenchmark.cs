using AuraLogs.Indexing.Documents;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using BenchmarkDotNet.Attributes;

namespace AuraLogs.Benchmarks.Indexing;

/// <summary>From MessagePack to the lines of a bulk request, by the event.</summary>
[MemoryDiagnoser]
public class TranscoderBenchmark : IDisposable
{
    private readonly byte[] _events = KubernetesEvents.Write();
    private readonly JsonTranscoder _transcoder = new();
    private readonly JsonBuffer _buffer = new(4 << 20);
    private readonly BulkAction _action = new("aura-services");

    [GlobalSetup]
    public void Setup()
    {
        _action.Id.BeginChunk(1795338028, "kube.var.log"u8, "5ooUepTU09WUnVt50kvTqQ=="u8, 0);
        _action.BeginChunk();
    }

    [Benchmark(OperationsPerInvoke = KubernetesEvents.Count)]
    public int ToBulkLines()
    {
        _buffer.Position = 0;
        var reader = new MessagePackReader(_events);
        for (var ordinal = 0; !reader.IsAtEnd; ordinal++)
        {
            var head = EventHead.Read(ref reader);
            _action.Write(20779, ordinal, _buffer);
            _transcoder.WriteDocument(_events, ref reader, head, _buffer);
            _buffer.Write("\n"u8);
        }

        return _buffer.Position;
    }

    public void Dispose()
    {
        _buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>For comparison: only passing over the events.</summary>
    [Benchmark(OperationsPerInvoke = KubernetesEvents.Count)]
    public int SkipOnly()
    {
        var reader = new MessagePackReader(_events);
        while (!reader.IsAtEnd)
            reader.Skip();
        return reader.Position;
    }
}
