using System.Diagnostics;
using AuraLogs.EndToEnd.Harness;
using AuraLogs.EndToEnd.Operations;

namespace AuraLogs.EndToEnd.Regressions;

/// <summary>
/// A hundred fuzzy searches for a word of 250 letters, each dropped after half a second, kept every thread of the process busy:
/// no acknowledgement for 50 s, and no answer from <c>/healthz</c> for 60 s.
/// </summary>
public sealed class SearchesStopIntakeTests : IDisposable
{
    // Far from both: the healthy service acknowledges in milliseconds, also while others use the machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Logs_are_acknowledged_and_health_answers_beside_a_hundred_searches_that_are_dropped()
    {
        await using var service = await LogTraffic.StartServiceAsync(_directory.Path);
        for (var chunk = 0; chunk < 5; chunk++)
            await LogTraffic.SendAsync(service, 2000, $"before-{chunk}", $"word{chunk}{new string('x', 240)}");
        await ServiceStatus.WaitUntilDrainedAsync(service);
        using var http = new HttpClient { BaseAddress = service.Operations, Timeout = Timeout.InfiniteTimeSpan };
        using var searching = new CancellationTokenSource();
        var searches = Enumerable.Range(0, 100).Select(_ => SearchAgainAndAgainAsync(http, searching.Token)).ToList();

        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await LogTraffic.SendAsync(service, 20, $"beside-{i}").WaitAsync(Patience);
            using var probe = new HttpClient { BaseAddress = service.Operations };
            using var health = await probe.GetAsync("/healthz").WaitAsync(Patience);
            Assert.True(health.IsSuccessStatusCode);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Patience);
        }

        await searching.CancelAsync();
        await Task.WhenAll(searches);
        await ServiceStatus.AssertBalancedAsync(service, received: 10_100, indexed: 10_100);
        using var after = new HttpClient { BaseAddress = service.Operations };
        using var search = await after.GetAsync("/api/logs/search?q=request");
        Assert.True(search.IsSuccessStatusCode);
    }

    private static async Task SearchAgainAndAgainAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var address = new Uri($"/api/logs/search?q={new string('w', 250)}~9", UriKind.Relative);
        while (!cancellationToken.IsCancellationRequested)
        {
            using var dropped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            dropped.CancelAfter(TimeSpan.FromMilliseconds(500));
            try
            {
                using var answer = await http.GetAsync(address, dropped.Token);
                await Task.Delay(50, cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
            {
                // Dropped, the end, or closed by the service, which gives the place to a newer connection.
            }
        }
    }
}
