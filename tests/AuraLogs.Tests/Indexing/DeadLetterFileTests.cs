using System.Text;
using AuraLogs.Indexing;
using AuraLogs.Indexing.DeadLetters;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Indexing;

public sealed class DeadLetterFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-dead-letters-").FullName;
    private readonly Problems _problems = new(TimeProvider.System);

    private string FilePath => Path.Combine(_directory, "dead-letters.ndjson");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_refused_again_stays_and_the_rest_is_gone()
    {
        using var file = Open();
        for (var i = 0; i < 10; i++)
            await file.AppendAsync(Item(i), default);

        List<string> offered = [];
        await file.OfferAsync((items, _) => Keep(items, text => text.Contains("d3", StringComparison.Ordinal), offered), 40, default);

        Assert.Equal(10, offered.Count);
        Assert.Equal("a3\nd3\n", await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task Everything_stays_when_it_can_not_be_offered()
    {
        using var file = Open();
        for (var i = 0; i < 10; i++)
            await file.AppendAsync(Item(i), default);
        var before = await File.ReadAllTextAsync(FilePath);

        await file.OfferAsync((_, _) => Task.FromResult<byte[]?>(null), 20, default);

        Assert.Equal(before, await File.ReadAllTextAsync(FilePath));
    }

    [Theory]
    [InlineData("a1\nd1\na2")]
    [InlineData("a1\nd1\na2\n")]
    [InlineData("a1\nd1\na2\nd2 half")]
    public async Task What_a_crash_left_unfinished_is_cut_off(string content)
    {
        await File.WriteAllTextAsync(FilePath, content);
        using var file = Open();

        await file.AppendAsync(Item(9), default);

        Assert.Equal("a1\nd1\na9\nd9\n", await File.ReadAllTextAsync(FilePath));
    }

    [Fact]
    public async Task A_full_file_makes_the_next_one_wait_until_there_is_room()
    {
        using var file = Open();
        var large = Encoding.UTF8.GetBytes($"a\n{new string('d', 600_000)}\n");
        await file.AppendAsync(large, default);
        var waiting = file.AppendAsync(large, default);
        await Until.TrueAsync(() => _problems.Current.Any(problem => problem.Code == "dead-letters-full"));
        Assert.False(waiting.IsCompleted);

        await file.OfferAsync((_, _) => Task.FromResult<byte[]?>([]), 1 << 20, default);

        await waiting;
        Assert.Equal("dead-letters-on-disk", Assert.Single(_problems.Current).Code);
        Assert.Equal(large.Length, new FileInfo(FilePath).Length);
    }

    [Fact]
    public async Task Not_even_one_large_letter_goes_beyond_the_limit()
    {
        const int limit = 1 << 20;
        using var stop = new CancellationTokenSource();
        using var file = Open(limit);
        var waiting = file.AppendAsync(Encoding.UTF8.GetBytes($"a\n{new string('d', limit - 2)}\n"), stop.Token);
        await Until.TrueAsync(() => _problems.Current.Any(problem => problem.Code == "dead-letters-full"));
        Assert.Equal(0, new FileInfo(FilePath).Length);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await file.AppendAsync(Encoding.UTF8.GetBytes($"a\n{new string('d', limit - 3)}\n"), default);
        Assert.Equal(limit, new FileInfo(FilePath).Length);
    }

    [Fact]
    public async Task A_letter_larger_than_a_batch_is_offered_whole_and_only_what_is_taken_goes()
    {
        using var file = Open();
        var large = Encoding.UTF8.GetBytes($"a1\n{new string('d', 200_000)}\n");
        await file.AppendAsync(Item(0), default);
        await file.AppendAsync(large, default);
        await file.AppendAsync(Item(2), default);

        List<string> offered = [];
        await file.OfferAsync((items, _) => Keep(items, text => text.Length > 100, offered), 1_000, default);

        Assert.Equal(3, offered.Count);
        Assert.Equal(large, await File.ReadAllBytesAsync(FilePath));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task What_is_behind_a_batch_that_can_not_be_offered_stays()
    {
        using var file = Open();
        for (var i = 0; i < 10; i++)
            await file.AppendAsync(Item(i), default);

        var batches = 0;
        await file.OfferAsync((_, _) => Task.FromResult<byte[]?>(batches++ == 0 ? [] : null), 20, default);

        Assert.Equal("a3\nd3\n", (await File.ReadAllTextAsync(FilePath))[..6]);
        Assert.EndsWith("a9\nd9\n", await File.ReadAllTextAsync(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_is_checked_after_a_start_without_reading_it_into_memory()
    {
        const int Items = 200_000;
        await using (var writer = new StreamWriter(FilePath))
        {
            for (var i = 0; i < Items; i++)
                await writer.WriteAsync($"a\n{i:d70}\n");
            await writer.WriteAsync("unfinished");
        }

        var size = new FileInfo(FilePath).Length;
        using var file = Open(maxBytes: size);

        // The check comes before the first wait, on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var append = file.AppendAsync("a\nb\n"u8.ToArray(), default);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, size / 2);
        await append;

        Assert.Equal(size - "unfinished".Length + 4, new FileInfo(FilePath).Length);
    }

    private static byte[] Item(int number) => Encoding.UTF8.GetBytes($"a{number}\nd{number}\n");

    private static Task<byte[]?> Keep(ReadOnlyMemory<byte> items, Func<string, bool> isKept, List<string> offered)
    {
        var lines = Encoding.UTF8.GetString(items.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var pairs = lines.Chunk(2).Select(pair => $"{pair[0]}\n{pair[1]}\n").ToList();
        offered.AddRange(pairs);
        return Task.FromResult<byte[]?>(Encoding.UTF8.GetBytes(string.Concat(pairs.Where(isKept))));
    }

    private DeadLetterFile Open(long maxBytes = 1 << 20) => new(
        new IndexingOptions { DeadLetterPath = _directory, DeadLetterMaxBytes = maxBytes, SlowRetryDelay = TimeSpan.FromMilliseconds(10) },
        _problems,
        TimeProvider.System);
}
