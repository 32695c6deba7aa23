using System.Globalization;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Watches what a process takes, from its start to its end.</summary>
internal sealed class Footprint : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public Footprint(ServiceProcess service) => _watching = WatchAsync($"/proc/{service.Id}");

    /// <summary>The most bytes of its own that were ever resident at once: heaps, pool, stacks, without the program's files.</summary>
    public long MostBytes { get; private set; }

    public int MostDescriptors { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync(string process)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var line = (await File.ReadAllLinesAsync($"{process}/status")).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
                if (line is not null)
                    MostBytes = Math.Max(MostBytes, 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
                MostDescriptors = Math.Max(MostDescriptors, Directory.GetFiles($"{process}/fd").Length);
                await Task.Delay(Period, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // The process has ended, or the watching.
        }
    }
}
