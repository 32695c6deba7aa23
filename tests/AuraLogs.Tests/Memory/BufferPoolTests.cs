using AuraLogs.Memory;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Memory;

public sealed class BufferPoolTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly BufferPool _pool;
    private readonly MemoryBudget _budget;

    public BufferPoolTests()
    {
        _pool = new BufferPool(8 * MiB, _time);
        _budget = _pool.NewBudget("test", 8 * MiB);
    }

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Sizes_are_at_most_an_eighth_larger_than_what_is_asked_for_and_each_has_its_own_place()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            int bytes = random.Next(1, 1 << random.Next(1, 31));
            int size = SizeClass.RoundUp(bytes);
            Assert.InRange(size, Math.Max(bytes, SizeClass.Smallest), Math.Max(2 * Math.Min(bytes, 32 << 10), bytes + (bytes / 8) + SizeClass.Smallest));
            Assert.Equal(size, SizeClass.RoundUp(size));
            Assert.Equal(0, size % 4096);
            Assert.True(size == SizeClass.Largest || SizeClass.IndexOf(SizeClass.RoundUp(size + 1)) == SizeClass.IndexOf(size) + 1);
        }

        Assert.Equal(0, SizeClass.IndexOf(SizeClass.Smallest));
    }

    [Fact]
    public void A_buffer_is_used_again_and_the_total_counts_it_while_it_is_kept()
    {
        var first = _budget.Rent(MiB);
        first.GetSpan().Fill(7);
        first.Dispose();
        Assert.Equal((MiB, MiB, 0), (_pool.Total, _pool.Kept, _budget.Used));

        var second = _budget.Rent(MiB);
        Assert.Same(first, second);
        Assert.Equal((MiB, 0, MiB), (_pool.Total, _pool.Kept, _budget.Used));
        second.Dispose();
    }

    [Fact]
    public void What_is_kept_gives_way_to_what_is_needed_so_the_total_stays_within_the_limit()
    {
        var small = Enumerable.Range(0, 8).Select(_ => _budget.Rent(MiB)).ToList();
        small.ForEach(buffer => buffer.Dispose());
        Assert.Equal(8 * MiB, _pool.Total);

        using var large = _budget.Rent(6 * MiB);
        Assert.Equal((8 * MiB, 2 * MiB), (_pool.Total, _pool.Kept));
        Assert.True(_budget.TryGrow(large, 8 * MiB));
        Assert.Equal((8 * MiB, 0), (_pool.Total, _pool.Kept));
    }

    [Fact]
    public void What_was_idle_for_a_while_goes_back_to_the_system()
    {
        var (used, idle) = (_budget.Rent(MiB), _budget.Rent(MiB));
        used.Dispose();
        idle.Dispose();
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(BufferPool.IdleTime);
            _budget.Rent(MiB).Dispose();
        }

        Assert.Equal(MiB, _pool.Total);
        _time.Advance(2 * BufferPool.IdleTime);
        Assert.Equal(0, _pool.Total);
    }

    [Fact]
    public void A_buffer_keeps_what_is_in_it_when_it_grows_and_so_does_its_memory()
    {
        using var buffer = _budget.Rent(64 << 10);
        var memory = buffer.Memory[..100];
        memory.Span.Fill(9);
        Assert.True(_budget.TryGrow(buffer, 4 * MiB));
        Assert.Equal(4 * MiB, buffer.Length);
        Assert.True(memory.Span.IndexOfAnyExcept((byte)9) < 0);
        buffer.GetSpan().Fill(1);
        Assert.Equal(1, memory.Span[0]);
    }

    [Fact]
    public void Giving_back_twice_changes_nothing()
    {
        var buffer = _budget.Rent(MiB);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal((MiB, 0), (_pool.Kept, _budget.Used));
        using var one = _budget.Rent(MiB);
        using var other = _budget.Rent(MiB);
        Assert.NotSame(one, other);
    }
}
