using System.Diagnostics;
using System.Net;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Matrix;
using AuraLogs.LoadTests.Measuring;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>One long run of a contender, sampled to its end.</summary>
internal sealed class SampledRun(Contender contender, LoadOptions load, IReadOnlyList<Outage> outages, TimeSpan every)
{
    private readonly List<Sample> _samples = [];

    public IReadOnlyList<Sample> Samples => _samples;

    public long Missing { get; private set; }

    public LoadResult? Load { get; private set; }

    /// <param name="watch">Is shown each sample, and may change how the sink behaves.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public async Task RunAsync(Action<Sample, Behaviour> watch, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("auralogs-load-").FullName;
        var frames = Generator.Prepare(load);
        var generator = new Generator(load, frames);
        await using var sink = new Sink(0, generator.Records, shortAnswers: true, outages);
        var aggregator = new IPEndPoint(IPAddress.Loopback, Runner.FreePort());
        using var process = Runner.Start(contender.StartInfo(aggregator.Port, sink.Port, directory, cores: 0), directory);
        try
        {
            await Runner.WaitUntilItListensAsync(process, aggregator, cancellationToken);
            var start = Stopwatch.GetTimestamp();

            Sample Take() => new(Stopwatch.GetElapsedTime(start), generator.Progress.AckedFrames * frames.EventsPerFrame,
                sink.Ledger.Created, sink.Ledger.Duplicates, generator.Progress.ResentFrames, ProcessUsage.Of(process),
                generator.Progress.TakeRecentAckLatency().Percentile(99), sink.Behaviour.Now);

            watch(Take(), sink.Behaviour);
            var loading = generator.RunAsync(aggregator, cancellationToken);
            var arriving = ArriveAsync();
            do
            {
                await Task.WhenAny(arriving, Task.Delay(every, cancellationToken));
                _samples.Add(Take());
                watch(_samples[^1], sink.Behaviour);
            }
            while (!arriving.IsCompleted);
            await arriving;
            Missing = sink.Ledger.Missing(generator.Records);

            async Task ArriveAsync()
            {
                Load = await loading;
                await Runner.WaitUntilAllArrivedAsync(sink.Ledger, Load.Acked, start, cancellationToken);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }
}
