using System.CommandLine;
using System.Globalization;
using AuraLogs.LoadTests.Faults;

namespace AuraLogs.LoadTests.Soaking;

/// <summary>
/// <c>auralogs-load faults</c>: a steady rate while the disk, the network, Elasticsearch and the process itself fail at random, from one
/// seed; ends with the service's ledger against the sink's account.
/// </summary>
internal static class FaultsCommand
{
    public static Command Create()
    {
        var product = new Option<string>("--product") { Description = "The published executable of AuraLogs.", Required = true };
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var rate = new Option<int>("--rate") { Description = "Records a second.", DefaultValueFactory = _ => 2_000 };
        var longest = new Option<int>("--longest") { Description = "Seconds that a fault lasts at most.", DefaultValueFactory = _ => 30 };
        var seed = new Option<int>("--seed") { Description = "Decides order, kind and length of the faults.", DefaultValueFactory = _ => Environment.TickCount & 0xffff };
        var results = new Option<string>("--results") { Description = "The directory for the report.", Required = true };
        var command = new Command("faults", "A steady rate under random faults of every kind that the machine permits (root permits most).")
        {
            product, minutes, rate, longest, seed, results,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Path.GetFullPath(parsed.GetValue(product)!), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate),
            TimeSpan.FromSeconds(parsed.GetValue(longest)), parsed.GetValue(seed), parsed.GetValue(results)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string product, TimeSpan length, int rate, TimeSpan longest, int seed, string results, CancellationToken cancellationToken)
    {
        using var network = FaultyNetwork.TryCreate(out var noNetwork);
        using var volume = FaultyVolume.TryCreate(megabytes: null, out var noVolume);
        var lacks = new[] { noNetwork, noVolume, DiskFaults.Available ? null : "no gcc: the disk does not fail" }.OfType<string>().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}{string.Concat(lacks.Select(lack => $"; {lack}"))}"));
        Console.WriteLine(FaultRecord.CsvHeader);

        var options = new FaultRunOptions
        {
            Product = product,
            Seed = seed,
            QueuePath = volume is null ? null : Path.Combine(volume.Path, "queue"),
            Settings = ["AuraLogs:Queue:MaxBytes=1073741824"],
            WithDiskFaults = DiskFaults.Available,
            Network = network,
        };
        options = options with
        {
            Load = options.Load with { Rate = rate, Records = (long)(rate * (length.TotalSeconds + 1200)), Connections = 10, Limit = length + TimeSpan.FromMinutes(20) },
        };
        await using var run = await FaultRun.StartAsync(options);
        var soak = new FaultSoak(run, network, volume, seed);
        var wrong = new List<string>();
        await soak.RunAsync(length, longest, record => Console.WriteLine(record.ToCsv()), cancellationToken);
        wrong.AddRange(await run.EndAsync());
        wrong.AddRange(soak.Records.Where(record => record.Hits == 0).Select(record => $"{record.Name} at {record.At.TotalSeconds:f0} s hit nothing"));
        wrong.AddRange(run.Service.ExitCodes.SkipLast(1).Where(code => code != 0).Select(code => $"SIGTERM ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing but a kill"}"));
        wrong.AddRange(soak.Records.Where(record => !record.Recovered).Select(record => $"after {record.Name} at {record.At.TotalSeconds:f0} s no logs were taken any more"));
        FaultsReport.Write(results, $"--minutes {length.TotalMinutes:f0} --rate {rate} --longest {longest.TotalSeconds:f0} --seed {seed}", run, soak, lacks, wrong);
        Console.WriteLine(wrong.Count == 0 ? run.Figures : string.Join('\n', wrong));
        return wrong.Count == 0 ? 0 : 1;
    }
}
