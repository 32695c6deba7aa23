using AuraLogs.Operations;
using AuraLogs.Operations.Access;
using AuraLogs.Tests.Fakes;

namespace AuraLogs.Tests.Operations.Access;

/// <summary>The token, and the sessions that are given for it.</summary>
public sealed class OperationsTokenTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_session_ends_after_twelve_hours()
    {
        var token = new OperationsToken(new OperationsOptions { Token = "sixteen letters!" }, _time);
        var session = token.IssueSession();
        Assert.True(token.IsSession(session));

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.True(token.IsSession(session));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(token.IsSession(session));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("99999999999.")]
    [InlineData("99999999999.AAAA")]
    [InlineData("a.b.c")]
    public void What_is_made_up_is_no_session(string session) =>
        Assert.False(new OperationsToken(new OperationsOptions { Token = "sixteen letters!" }, _time).IsSession(session));

    [Fact]
    public void A_session_can_not_be_made_longer_by_its_holder()
    {
        var token = new OperationsToken(new OperationsOptions { Token = "sixteen letters!" }, _time);
        var parts = token.IssueSession().Split('.');

        Assert.False(token.IsSession($"{long.Parse(parts[0], null) + 1}.{parts[1]}"));
    }

    [Fact]
    public void A_replaced_token_ends_the_sessions_of_the_one_before()
    {
        File.WriteAllText(_file, "the first token of the two\n");
        var token = new OperationsToken(new OperationsOptions { TokenFile = _file }, _time);
        var session = token.IssueSession();
        Assert.True(token.Matches("the first token of the two"));

        File.WriteAllText(_file, "the second token of the two\n");
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.False(token.IsSession(session));
        Assert.False(token.Matches("the first token of the two"));
        Assert.True(token.Matches("the second token of the two"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("short\n")]
    public void A_file_that_is_emptied_or_too_short_lets_nobody_in_with_what_it_holds(string content)
    {
        File.WriteAllText(_file, "a token that is long enough\n");
        var token = new OperationsToken(new OperationsOptions { TokenFile = _file }, _time);
        Assert.True(token.Matches("a token that is long enough"));

        File.WriteAllText(_file, content);
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.False(token.Matches(content.Trim()));
    }

    [Fact]
    public void Without_a_token_nothing_matches() => Assert.False(new OperationsToken(new OperationsOptions(), _time).Matches(""));
}
