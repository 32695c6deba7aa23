using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>
/// The threads of one lane. What a client asks for runs here and never on the pool, whose threads take, commit and acknowledge logs: no
/// number of requests, and no request however slow, can use those up. A request holds its place from before it runs until its answer
/// is written; when all places are taken, the next is refused with 429.
/// </summary>
internal sealed partial class LaneThreads : IDisposable
{
    /// <summary>A fifteenth or so of a usual thread's share of the processor.</summary>
    private const int Background = 10;

    private readonly BlockingCollection<Action> _work = [];
    private readonly SemaphoreSlim _places;
    private readonly string _name;
    private readonly int _capacity;

    /// <param name="name">For the refusal and for the threads.</param>
    /// <param name="threads">How many run at once.</param>
    /// <param name="places">How many requests may run, wait or be answered at once.</param>
    /// <param name="isBackground">Whether it runs when nothing else wants the processor, as far as the system lets it.</param>
    public LaneThreads(string name, int threads, int places, bool isBackground)
    {
        (_name, _capacity, _places) = (name, places, new SemaphoreSlim(places));
        for (int i = 0; i < threads; i++)
            new Thread(() => Run(isBackground)) { IsBackground = true, Name = $"es-{name}" }.Start();
    }

    /// <summary>Takes a place; disposing what is returned gives it back.</summary>
    /// <exception cref="ElasticsearchException">429: all are taken.</exception>
    public IDisposable Enter() => _places.Wait(0)
        ? new Place(_places)
        : throw new ElasticsearchException(
            429, "es_rejected_execution_exception", $"rejected execution on [{_name}]: {_capacity} requests run or wait already");

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
            {
                if (cancel.IsCancellationRequested)
                {
                    done.SetCanceled(cancel);
                    return;
                }

                try
                {
                    done.SetResult(work());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            },
            CancellationToken.None);
        return done.Task;
    }

    /// <summary>Lets the threads end when what they have is done.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run(bool isBackground)
    {
        if (isBackground && OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Background); // where it is not allowed, searches get a usual thread's share
        foreach (Action work in _work.GetConsumingEnumerable())
            work();
    }

    // On Linux "who" 0 is the calling thread alone: https://man7.org/linux/man-pages/man2/setpriority.2.html
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
                places.Release();
        }
    }
}
