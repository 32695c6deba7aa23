namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>The threads of each lane.</summary>
internal sealed class Lanes : IDisposable
{
    /// <summary>Requests of a lane that run, wait or are answered; beyond, 429.</summary>
    private const int Places = 256;

    private readonly Dictionary<Lane, LaneThreads> _threads;

    public Lanes(LocalElasticsearchOptions options)
    {
        int cores = Environment.ProcessorCount;
        _threads = new()
        {
            [Lane.Management] = new LaneThreads("management", 2, Places, isBackground: false),
            [Lane.Write] = new LaneThreads("write", Math.Max(2, cores), Places, isBackground: false),
            [Lane.Search] = new LaneThreads("search", (cores * 3 / 2) + 1, options.MaxSearches, isBackground: true),
        };
    }

    public LaneThreads this[Lane lane] => _threads[lane];

    public void Dispose()
    {
        foreach (LaneThreads threads in _threads.Values)
            threads.Dispose();
    }
}
