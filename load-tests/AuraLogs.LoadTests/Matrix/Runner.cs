using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuraLogs.LoadTests.Generating;
using AuraLogs.LoadTests.Measuring;
using AuraLogs.LoadTests.Sinking;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>Runs one contender under one load, in a directory of its own that is removed afterwards.</summary>
internal static class Runner
{
    private const int LowestPort = 10_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    public static async Task<RunResult> RunAsync(Scenario scenario, Contender contender, IFrames frames, CancellationToken cancellationToken)
    {
        // 1. A sink, an empty directory, and the contender between them.
        var directory = Directory.CreateTempSubdirectory("auralogs-load-").FullName;
        var generator = new Generator(scenario.Load, frames);
        await using var sink = new Sink(0, generator.Records, !scenario.FullAnswers, []);
        var aggregator = new IPEndPoint(IPAddress.Loopback, FreePort());
        using var process = Start(contender.StartInfo(aggregator.Port, sink.Port, directory, scenario.Cores), directory);
        try
        {
            await WaitUntilItListensAsync(process, aggregator, cancellationToken);
            await Task.Delay(Settling, cancellationToken);

            // 2. The load, until the last document has arrived or none comes any more.
            var before = ProcessUsage.Of(process);
            var own = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            var load = await generator.RunAsync(aggregator, cancellationToken);
            var complete = await WaitUntilAllArrivedAsync(sink.Ledger, load.Acked, start, cancellationToken);
            var ownCpu = Environment.CpuUsage.TotalTime - own;

            // 3. The account, a moment later, so that the commit of the last documents counts too.
            await Task.Delay(Settling, cancellationToken);
            var after = ProcessUsage.Of(process);
            var used = after with { User = after.User - before.User, System = after.System - before.System };
            var ledger = sink.Ledger;
            return new RunResult(
                load, complete, ledger.Created, ledger.Conflicts, ledger.Duplicates, ledger.Missing(load.Records), used, ownCpu);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    public static Process Start(ProcessStartInfo command, string directory)
    {
        command.RedirectStandardOutput = command.RedirectStandardError = true;
        var process = Process.Start(command) ?? throw new InvalidOperationException($"{command.FileName} did not start.");
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(directory, "contender.log")) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>
    /// A port that is free now and that the system gives to no connection, so that the product finds it free whenever it is started, and a sender that tries while
    /// it is down does not get it as its own and talk to itself.
    /// </summary>
    public static int FreePort()
    {
        var given = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t').Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        while (true)
        {
            var port = Random.Shared.Next(LowestPort, IPEndPoint.MaxPort + 1);
            if (port >= given[0] && port <= given[1])
                continue;
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one.
            }
        }
    }

    public static async Task WaitUntilItListensAsync(Process process, IPEndPoint aggregator, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < StartLimit;)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The contender ended with {process.ExitCode} before it listened.");
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(aggregator, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, cancellationToken);
            }
        }

        throw new TimeoutException("The contender does not listen.");
    }

    public static async Task<TimeSpan> WaitUntilAllArrivedAsync(SequenceLedger ledger, long count, long start, CancellationToken cancellationToken)
    {
        var arrived = ledger.Created;
        var changed = Stopwatch.GetTimestamp();
        while (ledger.Created < count && Stopwatch.GetElapsedTime(changed) < Stall)
        {
            await Task.Delay(5, cancellationToken);
            if (ledger.Created == arrived)
                continue;
            arrived = ledger.Created;
            changed = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(start, ledger.Created < count ? changed : Stopwatch.GetTimestamp());
    }
}
