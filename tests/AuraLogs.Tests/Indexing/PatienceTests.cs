using AuraLogs.Indexing;
using AuraLogs.Indexing.Judging;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Indexing;

public sealed class PatienceTests
{
    private static readonly TimeSpan GiveUpAfter = new IndexingOptions().GiveUpAfter;

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly Acceptance _acceptance = new();
    private readonly Patience _patience;

    public PatienceTests() => _patience = Create();

    [Fact]
    public void What_is_refused_for_long_and_often_while_others_are_taken_is_given_up()
    {
        var began = _time.GetUtcNow();
        Refuse(until: () => _patience.IsOver, taken: 1);
        Assert.Equal(GiveUpAfter, _time.GetUtcNow() - began);
        Assert.True(_patience.OthersAreTaken);
    }

    [Fact]
    public void Time_alone_is_not_enough_and_refusals_alone_are_not()
    {
        _patience.Refused();
        _acceptance.Add(1_000, 0);
        _time.Advance(GiveUpAfter * 10);
        _patience.Refused();
        Assert.False(_patience.IsOver);

        var hasty = Create();
        for (var i = 0; i < 1_000; i++)
        {
            _acceptance.Add(100, 0);
            hasty.Refused();
        }

        Assert.False(hasty.IsOver);
    }

    [Fact]
    public void While_nothing_else_is_sent_or_everything_is_refused_nothing_is_given_up()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _acceptance.Add(0, i % 2);
            _patience.Refused();
            Assert.False(_patience.OthersAreTaken);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.False(_patience.IsOver);
    }

    [Fact]
    public void Trouble_of_others_makes_the_time_count_anew()
    {
        Refuse(until: () => _time.GetUtcNow() - DateTimeOffset.UnixEpoch > GiveUpAfter * 0.9, taken: 100);
        _acceptance.Add(99, 10);
        _patience.Refused();
        var began = _time.GetUtcNow();

        Refuse(until: () => _patience.IsOver, taken: 100, refused: 10);

        Assert.Equal(GiveUpAfter, _time.GetUtcNow() - began);
    }

    [Fact]
    public void Documents_that_share_a_request_wait_for_the_youngest_and_only_those_of_about_one_age_do()
    {
        Refuse(until: () => _time.GetUtcNow() - DateTimeOffset.UnixEpoch > GiveUpAfter / 10, taken: 1);
        var young = Create();
        young.Refused();
        Assert.True(_patience.IsLike(young));
        _patience.Join(young);
        var began = _time.GetUtcNow();
        Refuse(until: () => _patience.IsOver, taken: 1);
        Assert.Equal(GiveUpAfter, _time.GetUtcNow() - began);

        var late = Create();
        late.Refused();
        Assert.False(_patience.IsLike(late));
    }

    [Fact]
    public void A_part_is_as_old_as_the_whole_but_has_to_be_refused_by_itself()
    {
        Refuse(until: () => _patience.IsOver, taken: 1);
        var part = _patience.ForPart();
        Assert.False(part.IsOver);
        for (var i = 0; i < 20; i++)
        {
            Assert.False(part.IsOver);
            _acceptance.Add(1, 0);
            part.Refused();
        }

        Assert.True(part.IsOver);
    }

    private Patience Create() => new(_acceptance, new IndexingOptions(), _time);

    private void Refuse(Func<bool> until, long taken, long refused = 0)
    {
        _patience.Refused();
        while (!until())
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            _acceptance.Add(taken, refused);
            _patience.Refused();
        }
    }
}
