using AuraLogs.Forward.Refusing;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Forward;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Regressions;

/// <summary>A chunk that was refused for ever was nowhere to be seen but in the log.</summary>
public sealed class RepeatedRefusalTests
{
    private static readonly byte[] Refused = Pack.Array(Pack.Str("kube.shop"), Pack.Array(Pack.Int(1)), Pack.Map(Pack.Str("chunk"), Pack.Str("c")));

    [Fact]
    public async Task A_sender_that_is_refused_again_and_again_is_a_problem_that_names_it_its_tag_and_the_reason()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var server = await ForwardServer.StartAsync(time: time);
        for (int i = 0; i < RefusedSenders.LeastRefusals; i++)
        {
            Assert.Empty(server.Problems.Current);
            await RefuseAsync(server);
            time.Advance(RefusedSenders.LeastTime / 2);
        }

        await Until.TrueAsync(() => server.Problems.Current.Count == 1);
        var problem = Assert.Single(server.Problems.Current);
        Assert.Equal((RefusedSenders.Problem, false), (problem.Code, problem.StopsIntake));
        Assert.Contains("127.0.0.1, tag kube.shop: not_an_event, 3 times", problem.Sentence, StringComparison.Ordinal);

        for (int i = 0; i < 12; i++)
            time.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => server.Problems.Current.Count == 0);
    }

    [Fact]
    public void A_burst_is_no_problem_and_what_is_kept_is_bounded()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        var problems = new Problems(time);
        var senders = new RefusedSenders(problems, time);
        for (int i = 0; i < 10_000; i++)
            senders.Add("10.0.0.1", $"tag{i}", Refusal.Malformed);
        for (int i = 0; i < 100; i++)
            senders.Add("10.0.0.1", "tag", Refusal.Malformed);
        Assert.Empty(problems.Current);

        for (int i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(20));
            for (int host = 0; host < 5; host++)
                senders.Add($"10.0.0.{host}", "", Refusal.HandshakeKey);
        }

        string sentence = Assert.Single(problems.Current).Sentence;
        Assert.Contains("and 2 more", sentence, StringComparison.Ordinal);
        Assert.Contains("handshake_key", sentence, StringComparison.Ordinal);
        Assert.InRange(sentence.Length, 100, 1500);
    }

    private static async Task RefuseAsync(ForwardServer server)
    {
        long before = server.Counts["auralogs_forward_refused_total not_an_event"];
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Refused);
        await client.ReceiveEndAsync();
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total not_an_event"] == before + 1);
    }
}
