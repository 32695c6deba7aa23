using AuraLogs.Forward;
using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Storing;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Forward;

public sealed class MessageStoreTests : IDisposable
{
    private const int PageBytes = 64 << 10;

    private readonly AuraLogsMeter _meter = new();
    private readonly SimulatedDisk _disk = new(new Random(1));

    public void Dispose() => _meter.Dispose();

    /// <summary>
    /// The message is several times what the queue can hold in memory, so a part of it is lost with the failed write while
    /// the last part is committed after the disk works again: the message must not pass for stored.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_in_parts_is_not_stored_when_the_disk_failed_between_them(bool compressed)
    {
        await using var queue = Open();
        using var memory = TestMemory.Budgets();
        var limits = new ForwardOptions().ToLimits(queue.PartBytes, queue.MaxEventBytes);
        byte[][] events = [.. Enumerable.Range(0, 1000).Select(i => Pack.Event((uint)i, Noise(i)))];
        var packed = Pack.Concat(events);
        byte[] message = compressed
            ? Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip(packed)), Pack.Map(Pack.Str("compressed"), Pack.Str("gzip")))
            : Pack.Array(Pack.Str("t"), Pack.Bin(packed));
        Assert.True(packed.Length > 8 * PageBytes);

        var store = new MessageStore(queue, limits, memory.Storing);
        var decoder = new ForwardDecoder(limits);
        Assert.Equal(DecodeStatus.Message, decoder.Decode(message));
        (_disk.WritesUntilFailure, _disk.FailuresLeft) = (0, 1);
        await Assert.ThrowsAsync<QueueFailedException>(async () => await store.StoreAsync(decoder, message, default));

        Assert.Equal(1000, await store.StoreAsync(decoder, message, default));
        await queue.WaitForCommitAsync(store.LastAddress, default);
    }

    /// <summary>It held a window to unpack into and waited for room to join the marker of its group to a part: with others that did the same, for ever.</summary>
    [Fact]
    public async Task A_compressed_group_in_parts_takes_its_memory_at_once()
    {
        await using var queue = Open();
        using var memory = TestMemory.Budgets(storing: PageBytes);
        var limits = new ForwardOptions().ToLimits(queue.PartBytes, queue.MaxEventBytes);
        byte[] marker = Pack.Array(Pack.Array(Pack.Time(0xffff_ffff), Pack.Map()), Pack.Map(Pack.Str("resource"), Pack.Map(Pack.Str("attributes"), Pack.Map(Pack.Str("service.name"), Pack.Str("s")))));
        byte[][] events = [marker, .. Enumerable.Range(0, 1000).Select(i => Pack.Event((uint)i, Noise(i)))];
        byte[] message = Pack.Array(Pack.Str("t"), Pack.Bin(Pack.Gzip(Pack.Concat(events))), Pack.Map(Pack.Str("compressed"), Pack.Str("gzip")));

        var store = new MessageStore(queue, limits, memory.Storing);
        var decoder = new ForwardDecoder(limits);
        Assert.Equal(DecodeStatus.Message, decoder.Decode(message));
        Assert.Equal(1000, await store.StoreAsync(decoder, message, default).AsTask().WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(0, memory.Storing.Used);
    }

    /// <summary>Text that gzip can't make small.</summary>
    private static string Noise(int seed)
    {
        var bytes = new byte[600];
        new Random(seed).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    private LogQueue Open()
    {
        var queue = new LogQueue(
            _disk,
            QueueLayout.For(new QueueOptions { MaxBytes = 256 << 20 }) with { PageSize = PageBytes, PartBytes = PageBytes / 2, MaxEventBytes = PageBytes / 2 },
            TimeProvider.System,
            new Problems(TimeProvider.System),
            new QueueMetrics(_meter),
            NullLogger<LogQueue>.Instance);
        queue.Start(TestLoops.New());
        return queue;
    }
}
