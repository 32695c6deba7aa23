using System.Text;
using AuraLogs.Indexing.Judging;
using BenchmarkDotNet.Attributes;

namespace AuraLogs.Benchmarks.Indexing;

/// <summary>Reading the answer to a bulk request, by the item.</summary>
[MemoryDiagnoser]
public class BulkResponseBenchmark
{
    private const int Items = 5000;

    private const string Created = """{"create":{"status":201}}""";
    private const string Duplicate = """{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[PgYB0hFxqT3Zk1aN-----0]: version conflict, document already exists (current version [1])"}}}""";

    private readonly byte[] _allCreated = Answer(_ => Created);
    private readonly byte[] _someDuplicates = Answer(n => n % 50 == 0 ? Duplicate : Created);

    [Benchmark(OperationsPerInvoke = Items, Baseline = true)]
    public bool AllCreated() => new BulkResponse().TryRead(_allCreated, Items);

    [Benchmark(OperationsPerInvoke = Items)]
    public bool TwoPercentDuplicates() => new BulkResponse().TryRead(_someDuplicates, Items);

    private static byte[] Answer(Func<int, string> item) =>
        Encoding.UTF8.GetBytes($$"""{"errors":false,"items":[{{string.Join(',', Enumerable.Range(0, Items).Select(item))}}]}""");
}
