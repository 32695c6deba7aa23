using System.CommandLine;
using System.Globalization;
using System.Net;

namespace AuraLogs.LoadTests.Generating;

/// <summary><c>auralogs-load generate</c>: sends logs to an aggregator on this machine and says how it answered.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var defaults = new LoadOptions();
        var port = new Option<int>("--port") { Description = "The aggregator's port on the loopback.", DefaultValueFactory = _ => 24224 };
        var mode = new Option<FrameMode>("--mode") { Description = "How frames carry events.", DefaultValueFactory = _ => defaults.Mode };
        var records = Number("--records", "Events to send.", defaults.Records);
        var recordBytes = Number("--record-bytes", "Bytes of one record in MessagePack.", defaults.RecordBytes);
        var chunkBytes = Number("--chunk-bytes", "Bytes of events in one frame.", defaults.ChunkBytes);
        var connections = Number("--connections", "Connections.", defaults.Connections);
        var inFlight = Number("--in-flight", "Frames on a connection that may wait for their ack.", defaults.InFlight);
        var tags = Number("--tags", "Tags that the frames take in turn.", defaults.Tags);
        var fields = Number("--extra-fields", "More fields in each record.", defaults.ExtraFields);
        var rate = Number("--rate", "Events a second; 0: as fast as they are taken.", 0);
        var limit = Number("--limit-seconds", "The most time the run may take.", (long)defaults.Limit.TotalSeconds);
        var command = new Command("generate", "Sends logs as a daemonset does, and measures the acks.")
        {
            port, mode, records, recordBytes, chunkBytes, connections, inFlight, tags, fields, rate, limit,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new LoadOptions
            {
                Mode = parsed.GetValue(mode),
                Records = parsed.GetValue(records),
                RecordBytes = (int)parsed.GetValue(recordBytes),
                ChunkBytes = (int)parsed.GetValue(chunkBytes),
                Connections = (int)parsed.GetValue(connections),
                InFlight = (int)parsed.GetValue(inFlight),
                Tags = (int)parsed.GetValue(tags),
                ExtraFields = (int)parsed.GetValue(fields),
                Rate = parsed.GetValue(rate),
                Limit = TimeSpan.FromSeconds(parsed.GetValue(limit)),
            };
            var generator = new Generator(options, Generator.Prepare(options));
            var result = await generator.RunAsync(new IPEndPoint(IPAddress.Loopback, parsed.GetValue(port)), cancellationToken);
            Print(result);
            return result.Acked == result.Records ? 0 : 1;
        });
        return command;
    }

    private static Option<long> Number(string name, string description, long value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static void Print(LoadResult result) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
        records        {result.Records}
        acknowledged   {result.Acked} in {result.Elapsed.TotalSeconds:f2} s, {result.AckedPerSecond:f0} a second
        ack latency    p50 {result.AckLatency.Percentile(50).TotalMilliseconds:f1} ms, p99 {result.AckLatency.Percentile(99).TotalMilliseconds:f1} ms, max {result.AckLatency.Max.TotalMilliseconds:f1} ms
        sent again     {result.ResentFrames} frames over {result.Reconnects} broken connections
        behind pace    {result.WorstLag.TotalMilliseconds:f1} ms at worst
        """));
}
