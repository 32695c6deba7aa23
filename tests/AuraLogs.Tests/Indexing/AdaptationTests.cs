using AuraLogs.Indexing.Documents;
using AuraLogs.Indexing.Sending;

namespace AuraLogs.Tests.Indexing;

public sealed class AdaptationTests
{
    private static readonly Uri Node = new("http://node:9200");

    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task Places_grow_while_all_are_taken_and_go_well_up_to_the_most()
    {
        var limit = new ConcurrencyLimit(most: 6, TimeProvider.System);
        for (var round = 0; round < 100; round++)
        {
            var places = new List<ConcurrencyLimit.Place>();
            while (limit.Taken < limit.Current)
                places.Add(await limit.TakeAsync(default));
            limit.WentWell(places[0], Megabyte);
            places.RemoveAt(0);
            places.ForEach(limit.Leave);
        }

        Assert.InRange(limit.Current, 4, 6);
    }

    [Fact]
    public async Task Places_are_halved_once_for_requests_that_failed_together_and_never_below_one()
    {
        var limit = new ConcurrencyLimit(most: 1, TimeProvider.System);
        limit.Overloaded(await limit.TakeAsync(default));
        Assert.Equal(1, limit.Current);

        var wide = new ConcurrencyLimit(most: 8, TimeProvider.System);
        var first = await wide.TakeAsync(default);
        var second = await wide.TakeAsync(default);
        wide.Overloaded(first);
        wide.Overloaded(second);
        Assert.Equal(1, wide.Current);
    }

    [Fact]
    public async Task Who_waits_for_a_place_gets_it_in_turn_and_who_gave_up_is_passed_over()
    {
        var limit = new ConcurrencyLimit(most: 1, TimeProvider.System);
        var place = await limit.TakeAsync(default);
        using var cancel = new CancellationTokenSource();
        var givenUp = limit.TakeAsync(cancel.Token);
        var next = limit.TakeAsync(default);
        var last = limit.TakeAsync(default);

        await cancel.CancelAsync();
        limit.Leave(place);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        limit.Leave(await next);
        limit.Leave(await last);
        Assert.Equal(0, limit.Taken);
    }

    [Fact]
    public void Requests_stay_below_what_was_too_large_and_recover_from_time_outs()
    {
        var size = new RequestSize(4 * Megabyte);
        size.TimedOut(4 * Megabyte);
        Assert.Equal(2 * Megabyte, size.Current);
        for (var i = 0; i < 100; i++)
            size.WentWell(Node, 64 << 10);
        Assert.Equal(4 * Megabyte, size.Current);

        size.WasTooLarge(3 * Megabyte);
        for (var i = 0; i < 100; i++)
            size.WentWell(Node, 64 << 10);
        Assert.Equal(3 * Megabyte / 2, size.Current);
        for (var i = 0; i < 100; i++)
            size.WasTooLarge(size.Current);
        Assert.Equal(RequestSize.Least, size.Current);
    }

    [Theory]
    [InlineData("2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z", "2026-11-22")]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23")]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-23")]
    [InlineData("2026-11-22T10:00:00Z", "2999-01-01T00:00:00Z", "2026-11-23")]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-16T00:00:00Z", "2026-11-16")]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-15T23:59:59Z", "2026-11-16")]
    [InlineData("2026-11-22T10:00:00Z", "1969-12-31T23:59:59Z", "2026-11-16")]
    public void An_events_index_is_its_day_within_the_retention_and_tomorrow(string received, string time, string day)
    {
        var days = new IndexDays(DateTimeOffset.Parse(received, null), retentionDays: 7);
        var index = DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(days.Of(DateTimeOffset.Parse(time, null).ToUnixTimeSeconds())));
        Assert.Equal(DateOnly.Parse(day, null), index);
    }
}
