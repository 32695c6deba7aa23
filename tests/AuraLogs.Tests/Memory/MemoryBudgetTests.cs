using AuraLogs.Memory;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Memory;

public sealed class MemoryBudgetTests : IDisposable
{
    private const int Page = 4096;

    private readonly BufferPool _pool = new(1 << 20, new ManualTime(DateTimeOffset.UnixEpoch));
    private readonly MemoryBudget _budget;

    public MemoryBudgetTests() => _budget = _pool.NewBudget("test", 4 * Page);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task Who_wants_more_than_is_left_waits_in_turn()
    {
        var held = _budget.Rent(3 * Page);
        var large = _budget.RentAsync(3 * Page, default).AsTask();
        var small = _budget.RentAsync(Page, default).AsTask();
        Assert.Null(_budget.TryRent(1));
        Assert.True(_budget.IsShort);
        Assert.Equal(5 * Page, _budget.Wanted);

        held.Dispose();
        var first = await large;
        Assert.False(small.IsCompleted);
        first.Dispose();
        (await small).Dispose();
        Assert.Equal((0, false), (_budget.Used, _budget.IsShort));
    }

    [Fact]
    public async Task Anything_fits_when_nothing_is_taken()
    {
        var huge = await _budget.RentAsync(100 * Page, default);
        var waiting = _budget.RentAsync(Page, default).AsTask();
        Assert.False(waiting.IsCompleted);
        huge.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Who_gave_up_is_passed_over_and_takes_nothing()
    {
        var held = _budget.Rent(4 * Page);
        using var cancel = new CancellationTokenSource();
        var givenUp = _budget.RentAsync(4 * Page, cancel.Token).AsTask();
        var next = _budget.RentAsync(Page, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        held.Dispose();
        (await next).Dispose();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public void What_a_library_takes_is_counted_beside_the_buffer_for_as_long()
    {
        var buffer = _budget.TryRent(Page, beside: 2 * Page)!;
        Assert.Equal((3 * Page, Page), (_budget.Used, buffer.Length));
        Assert.Null(_budget.TryRent(Page, beside: Page));
        buffer.Dispose();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task A_buffer_that_can_not_grow_now_grows_when_there_is_room_and_gives_all_of_it_back()
    {
        var (one, other) = (_budget.Rent(2 * Page), _budget.Rent(2 * Page));
        Assert.False(_budget.TryGrow(one, 4 * Page));
        Assert.Equal(4 * Page, _budget.Used);
        var growing = _budget.GrowAsync(one, 4 * Page, default).AsTask();
        other.Dispose();
        await growing;
        Assert.Equal((4 * Page, 4 * Page), (one.Length, _budget.Used));
        one.Dispose();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Many_at_once_never_take_more_than_there_is_and_all_get_theirs()
    {
        long most = 0;
        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellationToken) =>
        {
            using var buffer = await _budget.RentAsync(1 + (i * 997 % (4 * Page)), cancellationToken);
            long used = _budget.Used;
            for (long before = Volatile.Read(ref most); used > before; before = Volatile.Read(ref most))
                Interlocked.CompareExchange(ref most, used, before);
            await Task.Yield();
        });
        Assert.InRange(most, 1, _budget.Limit);
        Assert.Equal((0, false), (_budget.Used, _budget.IsShort));
    }
}
