using System.Text.RegularExpressions;
using AuraLogs.Configuration;
using AuraLogs.Forward.Listening;
using AuraLogs.Hosting;
using AuraLogs.Hosting.Settings;
using AuraLogs.Hosting.Start;
using AuraLogs.Operations;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Architecture;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Tests.Hosting;

/// <summary>The whole service, composed as always: each of its loops is killed, and none of them dies unseen.</summary>
public sealed partial class SupervisorTests : IDisposable
{
    /// <summary>All loops of the service. Their death is the process's.</summary>
    private static readonly string[] Fatal =
    [
        "queue committer", "queue housekeeping", "Elasticsearch watch", "indexer", "dead letter retry", "lifecycle manager",
        "forward listener (plain text)", "forward listener (unix socket)", "forward sweep", "queue watchdog", "secret file watch",
    ];

    /// <summary>What is started again instead: they hold nothing but figures, or answer a datagram.</summary>
    private static readonly string[] StartedAgain = ["status sampler", "problem reminder", "indexing watch", "dead letter watch", "UDP heartbeat"];

    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-supervisor-").FullName;

    public static TheoryData<string> FatalLoops => [.. Fatal];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task These_are_the_loops_of_the_service()
    {
        await using var app = await StartAsync();
        var loops = app.Services.GetRequiredService<Loops>();

        await Until.TrueAsync(() => loops.Running.Count == Fatal.Length + StartedAgain.Length);

        Assert.Equal(Fatal.Concat(StartedAgain).Order(), loops.Running.Order());
        await app.StopAsync();
    }

    [Theory]
    [MemberData(nameof(FatalLoops))]
    public async Task A_loop_that_dies_ends_the_process_at_once_with_1(string name)
    {
        await using var app = await StartAsync();
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var supervisor = Supervise(app, TimeSpan.FromMinutes(1), ended.SetResult);
        var loops = app.Services.GetRequiredService<Loops>();
        await Until.TrueAsync(() => loops.Running.Contains(name));

        loops.Break(name);

        Assert.Equal(ExitCode.Failure, await ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(name, (await loops.Failed).Loop);
    }

    [Fact]
    public async Task The_others_are_started_again()
    {
        await using var app = await StartAsync();
        var loops = app.Services.GetRequiredService<Loops>();
        foreach (var name in StartedAgain)
        {
            await Until.TrueAsync(() => loops.Running.Contains(name));
            loops.Break(name);
        }

        // They answer again, and nothing has failed.
        await Until.TrueAsync(() => IsAlive(app));
        Assert.False(loops.Failed.IsCompleted);

        static bool IsAlive(WebApplication app)
        {
            using var client = new System.Net.Sockets.UdpClient();
            client.Client.ReceiveTimeout = 500;
            client.Connect(app.Services.GetRequiredService<ForwardListener>().EndPoint);
            try
            {
                client.Send([0]);
                System.Net.IPEndPoint? from = null;
                return client.Receive(ref from).Length == 1;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_stop_that_hangs_ends_with_the_process()
    {
        var lifetime = new Microsoft.Extensions.Hosting.Internal.ApplicationLifetime(NullLogger<Microsoft.Extensions.Hosting.Internal.ApplicationLifetime>.Instance);
        var loops = Fakes.TestLoops.New();
        using var never = new CancellationTokenSource();
        _ = loops.RunAsync("deaf", _ => Task.Delay(Timeout.Infinite, never.Token), never.Token);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var supervisor = new Supervisor(loops, lifetime, TimeSpan.FromMilliseconds(50), [], ended.SetResult, NullLogger<Supervisor>.Instance);
        supervisor.Watch();
        Assert.False(ended.Task.IsCompleted);

        lifetime.StopApplication();

        Assert.Equal(ExitCode.Failure, await ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await never.CancelAsync();
    }

    /// <summary>Whoever adds something that runs in the background runs it with the others.</summary>
    [Fact]
    public void Nothing_runs_in_the_background_but_loops()
    {
        // What is no loop of the service: the loops themselves, the end of the process, a request on its way (whose failure is the indexer's),
        // a node's probe, a connection (whose failure closes it), a compiler at the start, a search (whose failure is its answer), and timers whose callbacks are watched.
        string[] allowed =
        [
            "Telemetry/Loops.cs", "Hosting/Supervisor.cs", "Hosting/Service.cs", "Hosting/Start/HotPath.cs", "Indexing/Sending/BulkDelivery.cs", "Elasticsearch/ElasticsearchClient.cs",
            "Snapshots/SnapshotService.cs", "Lifecycle/IlmRunner.cs", "Snapshots/SlmRunner.cs", "Memory/BufferPool.cs", "Rest/LaneThreads.cs",
        ];
        var source = Path.Combine(Repository.Root, "src");
        var found = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !allowed.Any(name => file.EndsWith("/" + name, StringComparison.Ordinal)))
            .SelectMany(file => File.ReadLines(file).Where(line => Background().IsMatch(line)).Select(line => $"{Path.GetRelativePath(source, file)}: {line.Trim()}"))
            .ToList();

        Assert.True(found.Count == 0, "Run it with Loops, so that its failure is seen:\n" + string.Join('\n', found));
    }

    private async Task<WebApplication> StartAsync()
    {
        var app = await ComposeAsync(_directory);
        await app.StartAsync();
        return app;
    }

    /// <summary>The whole service with its data in a directory, on free ports, not started.</summary>
    internal static async Task<WebApplication> ComposeAsync(string directory)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "token"), "a token of the test's own");
        var configuration = ConfigurationLoader.Load(
            [
                "--AuraLogs:Forward:Address=127.0.0.1", "--AuraLogs:Forward:Port=0", $"--AuraLogs:Forward:UnixSocket={directory}/socket",
                "--AuraLogs:Operations:Address=127.0.0.1", "--AuraLogs:Operations:Port=0", $"--AuraLogs:Operations:TokenFile={directory}/token",
                $"--AuraLogs:Queue:Path={directory}/queue",
                $"--AuraLogs:Indexing:DeadLetterPath={directory}/dead-letters", "--AuraLogs:LocalElasticsearch:Port=0",
                $"--AuraLogs:LocalElasticsearch:Path={directory}/elasticsearch", "--Logging:LogLevel:Default=None",
            ]);
        var memory = MemoryPlan.Fit(configuration.Options, configuration.IsSet, MemoryPlan.MemoryOfMachine, new ConfigurationErrors());
        var app = Service.Build(configuration, memory, new NoSignals());
        app.MapOperations();
        return app;
    }

    private static Supervisor Supervise(WebApplication app, TimeSpan limit, Action<int> end)
    {
        var supervisor = new Supervisor(
            app.Services.GetRequiredService<Loops>(), app.Lifetime, limit, [], end, app.Services.GetRequiredService<ILogger<Supervisor>>());
        supervisor.Watch();
        return supervisor;
    }

    [GeneratedRegex(@"Task\.Run\(|Factory\.StartNew\(|new Thread\(|QueueUserWorkItem|new Timer\(|CreateTimer\(|_ = \w+Async\(|async void")]
    private static partial Regex Background();

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
