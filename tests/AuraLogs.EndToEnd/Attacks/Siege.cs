using System.Net;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>
/// The service under attack, with good senders beside the attackers, and the oracle that is the same for every attack: the process lives, memory and
/// descriptors stay under their bounds, the good senders went on, everything that they were acknowledged is in the index once, and the ledger balances.
/// Nobody without a right got an answer: attackers report what they got to <see cref="Answered"/>.
/// <c>AURALOGS_ATTACK_SECONDS=600</c> makes each attack last ten minutes.
/// </summary>
internal sealed class Siege : IAsyncDisposable
{
    private const long MiB = 1 << 20;
    private const int EventsPerChunk = 50;
    private const int GoodSenders = 2;
    private const int MostDescriptors = 600;

    /// <summary>How long anything may take that has to come to an end; what did not is named.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>With it the good senders send up to 5,000 records a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _clusterDirectory = new();
    private readonly CancellationTokenSource _sendingEnds = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly List<string> _answers = [];
    private List<ReliableSender> _senders = [];
    private Task _sending = Task.CompletedTask;
    private Footprint? _footprint;
    private ServiceProcess? _cluster;

    private Siege()
    {
    }

    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("AURALOGS_ATTACK_SECONDS"), out var seconds) ? seconds : 2);

    /// <summary>What the container would have, in bytes; the settings are what follows from it.</summary>
    private long _container;

    public ServiceProcess Service { get; private set; } = null!;

    public string Directory => _directory.Path;

    /// <param name="container">What its container would have, in MiB.</param>
    /// <param name="inItself">Whether its Elasticsearch is in the same process, whose memory that of the container is not planned for.</param>
    /// <param name="descriptors">The hard limit of open files; null for the system's.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<Siege> BeginAsync(
        int container = 256, bool inItself = false, int? descriptors = null, params (string Key, string Value)[] settings)
    {
        var siege = new Siege { _container = (inItself ? 1024 : container) * MiB };
        try
        {
            await siege.StartAsync(inItself, descriptors, settings);
            return siege;
        }
        catch
        {
            await siege.DisposeAsync();
            throw;
        }
    }

    /// <summary>Somebody without the right got something.</summary>
    public void Answered(string what)
    {
        lock (_answers)
            _answers.Add(what);
    }

    /// <summary>Runs so many attackers until the time is up.</summary>
    /// <param name="attackers">How many.</param>
    /// <param name="attack">One attacker's, again and again, until it is cancelled; what the service does to its connection ends nothing.</param>
    public static async Task AttackAsync(int attackers, Func<int, CancellationToken, Task> attack)
    {
        using var end = new CancellationTokenSource(Duration);
        var attacks = Enumerable.Range(0, attackers).Select(number => Task.Run(() => AttackAgainAndAgainAsync(number, attack, end.Token)));
        await WithinLimitAsync("the attackers", Task.WhenAll(attacks), Duration + Limit);
    }

    /// <summary>Passes judgement.</summary>
    public async Task JudgeAsync()
    {
        // 1. The good senders went on, and still do.
        foreach (var sender in _senders)
        {
            var acknowledged = sender.Acknowledged;
            await Wait.UntilAsync(
                () => Task.FromResult(sender.Acknowledged),
                now => now > acknowledged || _sending.IsCompleted,
                Limit,
                () => $"A good sender has no acknowledgement after the attack. {Service.Output}");
        }

        await _sendingEnds.CancelAsync();
        await WithinLimitAsync("the good senders", _sending, Limit);

        // 2. The process lives, within its bounds.
        using var http = new HttpClient { BaseAddress = Service.Operations, Timeout = Limit };
        using var health = await http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await _footprint!.DisposeAsync();
        Assert.InRange(_footprint.MostBytes, 1, _container);
        Assert.InRange(_footprint.MostDescriptors, 1, MostDescriptors);

        // 3. What was acknowledged is there once, and the ledger balances.
        await ServiceStatus.WaitUntilDrainedAsync(Service);
        using var search = new SearchClient(_cluster?.Elasticsearch ?? Service.Elasticsearch);
        var expected = _senders.SelectMany(sender => sender.AcknowledgedEvents).Order(StringComparer.Ordinal);
        var found = (await search.AllAsync(having: "event")).Select(hit => hit.GetProperty("_source"))
            .Where(source => source.TryGetProperty("event", out var name) && name.ToString().StartsWith("good-", StringComparison.Ordinal))
            .Select(source => source.GetProperty("event").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(expected, found);
        var ledger = await ServiceStatus.LedgerAsync(Service);
        Assert.Equal(
            ServiceStatus.Of(ledger, "received"),
            ServiceStatus.Of(ledger, "indexed") + ServiceStatus.Of(ledger, "duplicates") + ServiceStatus.Of(ledger, "deadLettered")
            + ServiceStatus.Of(ledger, "quarantined") + ServiceStatus.Of(ledger, "queued"));

        // 4. Nobody without a right got an answer.
        lock (_answers)
            Assert.Empty(_answers);
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever has failed: a sender whose service is gone would try for ever to deliver what it has begun.
        await _abandoned.CancelAsync();
        await Task.WhenAny(_sending, Task.Delay(Limit));
        if (_footprint is not null)
            await _footprint.DisposeAsync();
        if (Service is not null)
            await Service.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _directory.Dispose();
        _clusterDirectory.Dispose();
    }

    private async Task StartAsync(bool inItself, int? descriptors, (string Key, string Value)[] settings)
    {
        // The witness is asked for more than a search may take by default on a busy machine.
        (string, string) patience = ("AuraLogs:LocalElasticsearch:SearchTimeout", "00:10:00");
        var others = new List<(string, string)> { ("AuraLogs:Lifecycle:Enabled", "false") };
        if (!inItself)
        {
            _cluster = await ServiceProcess.StartAsync(_clusterDirectory.Path, ("AuraLogs:Lifecycle:Enabled", "false"), patience);
            others.Add(("AuraLogs:MaxMemory", $"{_container - (112 * MiB)}"));
            others.Add(("AuraLogs:Elasticsearch:Urls", _cluster.Elasticsearch.ToString()));
        }

        Service = await ServiceProcess.StartAsync(
            _directory.Path,
            new Dictionary<string, string>
            {
                ["DOTNET_PROCESSOR_COUNT"] = "8",
                ["DOTNET_GCHeapHardLimit"] = $"0x{_container / 4 * 3:x}", // what the runtime takes in such a container
            },
            descriptors is { } limit ? ["prlimit", $"--nofile={limit}:{limit}"] : [],
            [.. others, patience, .. settings]);
        _footprint = new Footprint(Service);
        _senders = [.. Enumerable.Range(0, GoodSenders).Select(number => new ReliableSender($"good-{number}", () => Service.ForwardPort, EventsPerChunk, Pause))];
        _sending = Task.WhenAll(_senders.Select(sender => sender.RunAsync(_sendingEnds.Token, _abandoned.Token)));
    }

    private static async Task WithinLimitAsync(string what, Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"After {limit} {what} had not come to an end.", e);
        }
    }

    private static async Task AttackAgainAndAgainAsync(int number, Func<int, CancellationToken, Task> attack, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await attack(number, end);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException or HttpRequestException)
            {
                // Thrown out, as it should be, or the attack is over.
            }
        }
    }
}
