using System.CommandLine;
using System.Globalization;
using AuraLogs.Hosting;
using AuraLogs.Indexing.Documents;
using AuraLogs.Memory;
using AuraLogs.MessagePack;
using AuraLogs.MessagePack.Json;
using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Disk;
using AuraLogs.Queue.Inspection;
using AuraLogs.Unpacking;
using Spectre.Console;

namespace AuraLogs.Commands;

/// <summary>
/// <c>auralogs queue inspect | export | recover</c>: what waits in a queue's directory, as a table or as the documents themselves, and
/// whether a start can read it. They only read, on a damaged queue and beside a running service too; <c>recover --give-up</c> leaves word
/// for the start.
/// </summary>
internal static class QueueCommand
{
    private const long ExportMemory = 64 << 20;

    private const int TagsShown = 50;

    internal static Command Create()
    {
        var path = new Argument<string>("path") { Description = "The queue's directory." };
        var inspect = new Command("inspect", "Show what waits in a queue: entries, events, bytes, ages, by tag. Exit code 2 when a part is damaged.") { path };
        inspect.SetAction(parsed => Run(parsed.GetRequiredValue(path), scan => Inspect(scan, Terminal.Create())));

        var export = new Command("export", "Write the events that wait in a queue to standard output: the documents, one a line. Exit code 2 when a part is damaged.") { path };
        export.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed.GetRequiredValue(path), scan =>
        {
            using var output = Console.OpenStandardOutput();
            return Export(scan, output, Console.Error, cancellationToken);
        })));

        var giveUp = new Option<bool>("--give-up")
        {
            Description = "Give up what can't be read, also of the parts that are kept: the start that waits for it, or the next one, passes over it and counts it as lost.",
        };
        var recover = new Command("recover", "Show whether a start can read the queue, and what of the parts that were set aside is intact and will be indexed. Exit code 2 when a start would wait for the disk.") { path, giveUp };
        recover.SetAction(parsed => Recover(parsed.GetRequiredValue(path), parsed.GetValue(giveUp), Console.Out));

        return new Command("queue", "Look into a queue's directory.") { inspect, export, recover };
    }

    internal static int Inspect(QueueScan scan, IAnsiConsole console)
    {
        var summary = new QueueSummary();
        while (scan.Read() is { } entry)
        {
            using (entry)
                summary.Add(entry);
        }

        var now = DateTimeOffset.UtcNow;
        var figures = new Table().HideHeaders().Border(TableBorder.None).AddColumn("").AddColumn("");
        figures.AddRow("Queue", scan.State.QueueId.ToString("x16", CultureInfo.InvariantCulture));
        figures.AddRow("Entries", Number(summary.Total.Entries));
        figures.AddRow("Events", Number(summary.Total.Events));
        figures.AddRow("Bytes of events", Number(summary.Total.Bytes));
        figures.AddRow("Segments", $"{Number(scan.SegmentCount)}, {Number(scan.SegmentBytes)} bytes");
        figures.AddRow("Oldest", Age(summary.Oldest, now));
        figures.AddRow("Newest", Age(summary.Newest, now));
        figures.AddRow("Damaged parts", scan.DamagedParts == 0 ? "none" : $"{Number(scan.DamagedParts)}, {Number(scan.LostEvents)} events lost");
        console.Write(figures);

        if (summary.ByTag.Count > 0)
            console.Write(Tags(summary));
        return scan.DamagedParts == 0 ? ExitCode.Good : ExitCode.Difference;
    }

    internal static int Recover(string path, bool givesUp, TextWriter output)
    {
        try
        {
            using var disk = FileQueueDisk.OpenDirectoryReadOnly(path);
            var reason = QueueScan.WhyStartWaits(disk);
            output.WriteLine(reason is null
                ? "A start can read all that it needs."
                : $"A start waits, because the disk can't be read: {reason}.");
            if (reason is null)
                ShowSetAside(path, output);
            if (givesUp)
            {
                GiveUp.Ask(disk);
                output.WriteLine("What can't be read is given up: by the start that waits, at its next attempt, or by the next one.");
            }

            return reason is null ? ExitCode.Good : ExitCode.Difference;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failure;
        }
    }

    private static void ShowSetAside(string path, TextWriter output)
    {
        using var scan = new QueueScan(path);
        foreach (var (file, intact) in scan.SetAside())
        {
            output.WriteLine(intact switch
            {
                null => $"{file} can't be read now. It is kept, and tried again every minute.",
                0 => $"{file}: nothing in it is intact.",
                _ => $"{file}: {intact} events in it are intact. The next start indexes them.",
            });
        }
    }

    internal static int Export(QueueScan scan, Stream output, TextWriter errors, CancellationToken cancellationToken)
    {
        var transcoder = new JsonTranscoder();
        using var line = new JsonBuffer(64 << 10);
        using var pool = new BufferPool(ExportMemory, TimeProvider.System);
        using var events = new EntryEvents(pool.NewBudget("reading", ExportMemory));
        var unreadable = 0;
        while (!cancellationToken.IsCancellationRequested && scan.Read() is { } entry)
        {
            using (entry)
            {
                try
                {
                    Export(entry, events, transcoder, line, output);
                }
                catch (Exception e) when (e is MessagePackException or InvalidDataException or UnpackerMissingException)
                {
                    unreadable++;
                    errors.WriteLine($"The entry at address {entry.Position.Address} ({entry.EventCount} events) can't be read to its end: {e.Message}.");
                }
            }
        }

        if (scan.DamagedParts > 0)
            errors.WriteLine($"Damaged parts of the queue: {scan.DamagedParts}, with {scan.LostEvents} events.");
        return scan.DamagedParts + unreadable == 0 ? ExitCode.Good : ExitCode.Difference;
    }

    private static void Export(QueueEntry entry, EntryEvents events, JsonTranscoder transcoder, JsonBuffer line, Stream output)
    {
        events.Begin(entry);
        transcoder.TakeGroup(GroupMarker.End, default);
        while (events.MoveNext())
        {
            var reader = new MessagePackReader(events.Run.Span);
            while (reader.Position < events.Run.Length)
            {
                int before = reader.Position;
                var head = EventHead.Read(ref reader);
                if (head.Marker != GroupMarker.None)
                {
                    reader.Skip();
                    transcoder.TakeGroup(head.Marker, events.Run.Span[before..reader.Position]);
                    continue;
                }

                line.Position = 0;
                transcoder.WriteDocument(events.Run.Span, ref reader, head, line);
                line.EnsureRoom(1);
                line.Put((byte)'\n');
                output.Write(line.Written);
            }
        }

        events.End();
    }

    private static int Run(string path, Func<QueueScan, int> command)
    {
        try
        {
            using var scan = new QueueScan(path);
            return command(scan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failure;
        }
    }

    private static Table Tags(QueueSummary summary)
    {
        var table = new Table().AddColumn("Tag");
        foreach (var column in (string[])["Entries", "Events", "Bytes"])
            table.AddColumn(new TableColumn(column).RightAligned());
        var ordered = summary.ByTag.OrderByDescending(tag => tag.Value.Events).ToList();
        foreach (var (tag, totals) in ordered.Take(TagsShown))
            table.AddRow(Markup.Escape(tag), Number(totals.Entries), Number(totals.Events), Number(totals.Bytes));
        if (ordered.Count > TagsShown)
        {
            var rest = ordered.Skip(TagsShown).Aggregate(default(TagTotals), (sum, tag) => sum + tag.Value);
            table.AddRow($"{ordered.Count - TagsShown} more", Number(rest.Entries), Number(rest.Events), Number(rest.Bytes));
        }

        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Age(DateTimeOffset? time, DateTimeOffset now) => time is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss} UTC, {(now - at).TotalSeconds:N0} s ago")
        : "nothing waits";
}
