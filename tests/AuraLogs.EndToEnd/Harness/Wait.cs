using System.Diagnostics;

namespace AuraLogs.EndToEnd.Harness;

internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is the awaited one; the limit only ends a test that has failed anyway.</summary>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> ask, Func<T, bool> awaited, TimeSpan? limit = null, Func<string>? explain = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (awaited(answer))
                return answer;
            if (Stopwatch.GetElapsedTime(started) > (limit ?? TimeSpan.FromSeconds(60)))
                throw new TimeoutException($"The last answer was {answer}. {explain?.Invoke()}");
            await Task.Delay(Pause);
        }
    }
}
