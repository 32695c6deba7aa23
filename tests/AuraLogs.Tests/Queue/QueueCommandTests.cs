using System.Text;
using AuraLogs.Commands;
using AuraLogs.Queue;
using AuraLogs.Queue.Damage;
using AuraLogs.Queue.Inspection;
using AuraLogs.Queue.Log;
using Spectre.Console;

namespace AuraLogs.Tests.Queue;

public sealed class QueueCommandTests : IDisposable
{
    private readonly QueueDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Inspect_sums_up_what_waits_beside_a_running_service()
    {
        await using var queue = _directory.Open();
        await queue.AppendAsync(0, 10, events: 3);

        var shown = Inspect(out var exitCode);
        Assert.Equal(0, exitCode);
        Assert.Matches(@"Entries\s+10\b", shown);
        Assert.Matches(@"Events\s+30\b", shown);
        Assert.Matches(@"Bytes of events\s+7,000\b", shown);
        Assert.Matches(@"kube\.0 │\s+2 │\s+6 │\s+1,400", shown);
        Assert.Matches(@"Damaged parts\s+none", shown);
        await queue.ReadAndCompleteAsync(0, 10, events: 3);
    }

    [Fact]
    public async Task Inspect_leaves_out_what_was_completed()
    {
        await using (var queue = _directory.Open())
        {
            await queue.AppendAsync(0, 10);
            await queue.ReadAndCompleteAsync(0, 4);
        }

        Assert.Matches(@"Entries\s+6\b", Inspect(out _));
    }

    [Fact]
    public async Task Inspect_counts_damage_and_changes_nothing()
    {
        await using (var queue = _directory.Open())
            await queue.AppendAsync(0, 10, events: 3);
        var segment = Directory.GetFiles(Path.Combine(_directory.Path, SegmentSet.Directory))[0];
        var content = File.ReadAllBytes(segment);
        content[5000] ^= 1;
        File.WriteAllBytes(segment, content);

        var shown = Inspect(out var exitCode);
        Assert.Equal(2, exitCode);
        Assert.Matches(@"Damaged parts\s+1, 3 events lost", shown);
        Assert.Matches(@"Entries\s+9\b", shown);
        Assert.Equal(content, File.ReadAllBytes(segment));
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, Quarantine.Directory)));
    }

    [Fact]
    public async Task Inspect_takes_the_size_of_pages_from_the_segments()
    {
        var layout = QueueLayout.For(new QueueOptions()) with { PageSize = 16 << 20, MaxEventBytes = 8 << 20 };
        await using (var queue = _directory.Open(layout))
            await queue.AppendAsync(0, 1, eventBytes: 6 << 20);
        Assert.Matches(@"Entries\s+1\b", Inspect(out var exitCode));
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Export_writes_the_documents_one_a_line()
    {
        await using (var queue = _directory.Open())
        {
            // [1700000000, {"log": "one"}], [1700000001, {"log": "two"}]
            byte[] events = [0x92, 0xce, 0x65, 0x53, 0xf1, 0x00, 0x81, 0xa3, .. "log"u8, 0xa3, .. "one"u8, 0x92, 0xce, 0x65, 0x53, 0xf1, 0x01, 0x81, 0xa3, .. "log"u8, 0xa3, .. "two"u8];
            var entry = new NewEntry { Tag = "a"u8.ToArray(), Events = events, EventCount = 2 };
            await queue.WaitForCommitAsync(await queue.AppendAsync(entry, default), default);
        }

        using var scan = new QueueScan(_directory.Path);
        using var output = new MemoryStream();
        var errors = new StringWriter();
        Assert.Equal(0, QueueCommand.Export(scan, output, errors, default));
        Assert.Equal(
            """
            {"@timestamp":"2023-11-14T22:13:20.000000000Z","log":"one"}
            {"@timestamp":"2023-11-14T22:13:21.000000000Z","log":"two"}

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(output.ToArray()));
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public async Task Export_goes_on_after_an_entry_that_is_no_events()
    {
        await using (var queue = _directory.Open())
            await queue.AppendAsync(0, 2);
        using var scan = new QueueScan(_directory.Path);
        var errors = new StringWriter();
        Assert.Equal(2, QueueCommand.Export(scan, Stream.Null, errors, default));
        Assert.Equal(2, errors.ToString().Split("can't be read").Length - 1);
    }

    [Fact]
    public void A_directory_without_a_queue_is_said_so()
    {
        Assert.Throws<QueueDirectoryException>(() => new QueueScan(_directory.Path));
        Assert.Throws<QueueDirectoryException>(() => new QueueScan(Path.Combine(_directory.Path, "missing")));
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Recover_shows_what_is_intact_of_what_was_set_aside_and_leaves_word_to_give_up()
    {
        await using (var queue = _directory.Open())
            await queue.AppendAsync(0, 10, events: 3);
        var segment = Directory.GetFiles(Path.Combine(_directory.Path, SegmentSet.Directory)).Order().First();
        var content = File.ReadAllBytes(segment);
        content[5000] ^= 1;
        File.WriteAllBytes(segment, content);
        await using (var queue = _directory.Open())
        {
            while (queue.TryRead() is { } entry)
            {
                queue.Complete(entry.Position, new EntryOutcome(3, 0, 0));
                entry.Dispose();
            }
        }

        var set = Assert.Single(_directory.Quarantined());
        Assert.Contains("nothing in it is intact", Recover(givesUp: false), StringComparison.Ordinal);
        var part = File.ReadAllBytes(set);
        var from = Convert.ToInt64(Path.GetFileName(set)[..16], 16);
        part[5000 - 4096 - from] ^= 1;
        File.WriteAllBytes(set, part);
        Assert.Contains("3 events in it are intact. The next start indexes them.", Recover(givesUp: false), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.Path, GiveUp.Name)));

        Assert.Contains("is given up", Recover(givesUp: true), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_directory.Path, GiveUp.Name)));
        await using (var queue = _directory.Open())
            await queue.ReadAsync(default);
        Assert.False(File.Exists(Path.Combine(_directory.Path, GiveUp.Name)));
    }

    private string Recover(bool givesUp)
    {
        var writer = new StringWriter();
        Assert.Equal(0, QueueCommand.Recover(_directory.Path, givesUp, writer));
        return writer.ToString();
    }

    private string Inspect(out int exitCode)
    {
        using var scan = new QueueScan(_directory.Path);
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 120;
        exitCode = QueueCommand.Inspect(scan, console);
        return writer.ToString();
    }
}
