using System.Diagnostics;
using AuraLogs.Fuzz.Targets;

namespace AuraLogs.Fuzz.Guided;

/// <summary>
/// Searches one target in a process of its own: takes an input, changes it, runs it, and keeps it if it passed an edge that none did before.
/// With a number of runs it does the same each time.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>No input may take longer: of processor time, since the machine may be busy.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(10);

    /// <summary>Broken in the same place, once is enough.</summary>
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);
    private readonly List<byte[]> _inputs = [];
    private readonly Coverage _coverage;
    private readonly FuzzTarget _target;
    private readonly Random _random;
    private readonly Mutator _mutator;
    private readonly CurrentInput _current;
    private readonly string _directory;
    private long _runs;

    /// <param name="target">What is searched.</param>
    /// <param name="directory">Gets what is found.</param>
    /// <param name="seed">Of the changes.</param>
    /// <param name="coverage">Made before the target, whose code counts in it from its first step on.</param>
    public Worker(FuzzTarget target, string directory, int seed, Coverage coverage)
    {
        (_target, _directory, _random, _coverage) = (target, directory, new Random(seed), coverage);
        _mutator = new Mutator(_random, target.Words, target.MaxBytes);
        _current = new CurrentInput(CurrentPath(directory));
    }

    public IReadOnlyList<byte[]> Inputs => _inputs;

    public long Runs => Volatile.Read(ref _runs);

    public int Edges => _coverage.Edges;

    public static string CurrentPath(string directory) => Path.Combine(directory, "current");

    /// <param name="known">Inputs to begin with, beside the target's seeds.</param>
    /// <param name="maxRuns">How many inputs to try; null for as long as there is time.</param>
    /// <param name="time">The longest that it takes.</param>
    public void Search(IEnumerable<byte[]> known, long? maxRuns, TimeSpan time)
    {
        using var watch = new Timer(_ => EndIfHung(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        foreach (var input in _target.Seeds().Concat(known))
        {
            if (Run(input) && _coverage.Merge() || _inputs.Count == 0)
                _inputs.Add(input);
        }

        var started = Stopwatch.GetTimestamp();
        while (Runs < (maxRuns ?? long.MaxValue) && Stopwatch.GetElapsedTime(started) < time)
        {
            var input = _mutator.Change(Pick(), _inputs[_random.Next(_inputs.Count)]);
            if (Run(input) && _coverage.Merge())
                _inputs.Add(input);
        }
    }

    /// <summary>The inputs that are needed to pass every edge, short ones first.</summary>
    public static IReadOnlyList<byte[]> Distil(FuzzTarget target, IEnumerable<byte[]> inputs, Coverage coverage)
    {
        var kept = new List<byte[]>();
        foreach (var input in inputs.OrderBy(input => input.Length))
        {
            coverage.Clear();
            target.Run(input);
            if (coverage.Merge(edgesOnly: true))
                kept.Add(input);
        }

        return kept;
    }

    public void Dispose() => _current.Dispose();

    /// <summary>The newest have been tried least.</summary>
    private byte[] Pick() => _random.Next(3) == 0
        ? _inputs[_random.Next(_inputs.Count)]
        : _inputs[Math.Max(0, _inputs.Count - 1 - _random.Next(1 + (_inputs.Count / 4)))];

    /// <returns>Whether everything held.</returns>
    private bool Run(byte[] input)
    {
        _current.Write(input);
        _coverage.Clear();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _target.Run(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (allocated > _target.MaxAllocatedBytes)
                throw new BrokenPromiseException($"An input of {input.Length} bytes takes {allocated} bytes of memory.");
            return true;
        }
        catch (Exception e)
        {
            if (_places.Add(PlaceOf(e)))
                new Find(_target.Name, e.ToString(), input).Save(_directory);
            return false;
        }
        finally
        {
            Interlocked.Increment(ref _runs);
        }
    }

    private long _watchedRuns = -1;
    private TimeSpan _watchedSince;

    private void EndIfHung()
    {
        var now = Environment.CpuUsage.TotalTime;
        if (Runs != _watchedRuns)
            (_watchedRuns, _watchedSince) = (Runs, now);
        else if (now - _watchedSince > LongestRun)
            Environment.FailFast($"An input of {_target.Name} takes longer than {LongestRun.TotalSeconds} s of processor time.");
    }

    private static string PlaceOf(Exception e) => e is BrokenPromiseException
        ? string.Concat(e.Message.Split('\n')[0].Where(c => !char.IsAsciiDigit(c)))
        : e.GetType().Name + new StackTrace(e).GetFrames().Select(frame => frame.GetMethod()?.ToString()).FirstOrDefault();
}
