using AuraLogs.Forward.Decoding;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Storing;
using AuraLogs.Memory;
using AuraLogs.Tests.Fakes;
using AuraLogs.Unpacking;

namespace AuraLogs.Tests.Forward;

public sealed class CompressedEventsTests : IDisposable
{
    private static readonly ForwardLimits Limits = Decoded.Limits with { PartBytes = 100_000, MaxEventBytes = 200_000 };

    private readonly MemoryBudgets _memory = TestMemory.Budgets();

    public static TheoryData<string> Packings => ["gzip", "zstd"];

    public void Dispose() => _memory.Dispose();

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task Events_are_counted_and_cut_into_parts_through_a_small_window(string packing)
    {
        byte[][] events = Events(300, 3000);
        var compressed = new CompressedEvents(Limits, _memory.Storing);
        Assert.Equal(Refusal.None, await CheckAsync(compressed, packing, events));
        Assert.Equal((300, 1u), (compressed.Count, compressed.FirstSecond));

        var parts = compressed.Parts.ToArray();
        Assert.Equal(300, parts.Sum(part => part.Count));
        Assert.Equal(events.Sum(one => one.Length), parts.Sum(part => part.Length));
        Assert.All(parts[..^1], part => Assert.InRange(part.Length, 90_000, Limits.PartBytes));
        Assert.Equal(0, parts[0].Start);
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.Start + pair.First.Length, pair.Second.Start));
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task What_unpacks_to_too_much_is_refused(string packing)
    {
        var compressed = new CompressedEvents(Limits, _memory.Storing);
        Assert.Equal(Refusal.None, await CheckAsync(compressed, packing, Events(350, 10_000)));
        Assert.Equal(Refusal.UnpackedTooLarge, await CheckAsync(compressed, packing, Events(450, 10_000)));
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task What_unpacks_to_much_more_than_was_sent_is_refused_unless_it_is_no_more_than_a_message(string packing)
    {
        byte[] same = Pack.Event(1, new string('x', 10_000));
        var compressed = new CompressedEvents(Limits, _memory.Storing);
        Assert.Equal(Refusal.None, await CheckAsync(compressed, packing, [.. Enumerable.Repeat(same, 100)]));
        Assert.Equal(Refusal.UnpackedTooLarge, await CheckAsync(compressed, packing, [.. Enumerable.Repeat(same, 110)]));
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task An_event_larger_than_an_entry_is_refused(string packing)
    {
        var compressed = new CompressedEvents(Limits, _memory.Storing);
        Assert.Equal(Refusal.EventTooLarge, await CheckAsync(compressed, packing, Events(1, Limits.MaxEventBytes)));
        Assert.Equal(Refusal.EventTooLarge, await CheckAsync(compressed, packing, Events(1, 900_000)));
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task An_event_larger_than_the_window_is_taken_with_a_larger_one(string packing)
    {
        var compressed = new CompressedEvents(Limits with { PartBytes = 1_000_000, MaxEventBytes = 1_000_000 }, _memory.Storing);
        Assert.Equal(Refusal.None, await CheckAsync(compressed, packing, [.. Events(3, 1000), .. Events(1, 900_000), .. Events(3, 1000)]));
        Assert.Equal(7, compressed.Count);
        Assert.Equal(0, _memory.Storing.Used);
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public async Task Events_of_nothing_are_refused_when_they_are_many_and_each_costs_no_byte(string packing)
    {
        // [1, {}]: three bytes that compress to next to nothing. 65 KB of it were millions of documents.
        byte[] nothing = [0x92, 0x01, 0x80];
        var compressed = new CompressedEvents(Limits, _memory.Storing);
        Assert.Equal(Refusal.None, await CheckAsync(compressed, packing, [.. Enumerable.Repeat(nothing, 100_000)]));
        Assert.Equal(Refusal.TooManyEvents, await CheckAsync(compressed, packing, [.. Enumerable.Repeat(nothing, 330_000)]));
    }

    private static ValueTask<Refusal> CheckAsync(CompressedEvents compressed, string packing, byte[][] events) => packing == "gzip"
        ? compressed.CheckAsync(Pack.Gzip(Pack.Concat(events)), Compression.Gzip, default)
        : compressed.CheckAsync(Pack.Zstd(Pack.Concat(events)), Compression.Zstd, default);

    /// <summary>Events of so many bytes of noise.</summary>
    private static byte[][] Events(int count, int length)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(1, count).Select(second => Pack.Event((uint)second, string.Create(length, random, (text, source) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)source.Next(32, 127);
        })))];
    }
}
