using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace AuraLogs.LocalElasticsearch.Tests.Documents;

/// <summary>
/// The data on a file system of 12 MB, filled to the brim and freed. Needs the right to mount; without it the test prints the reason
/// and does nothing.
/// </summary>
public class FullDiskTests(ITestOutputHelper output)
{
    private const int PerBulk = 500;

    [Fact]
    public async Task What_a_full_disk_refuses_is_not_there_what_it_took_is_and_room_is_enough_to_go_on()
    {
        string directory = Directory.CreateTempSubdirectory("auralogs-es-full-").FullName;
        if (Run("mount", $"-t tmpfs -o size=12m auralogs-test {directory}") is { } reason)
        {
            Directory.Delete(directory);
            output.WriteLine($"Not run: a tmpfs can't be mounted here ({reason}).");
            return;
        }

        try
        {
            await FillAndFreeAsync(directory);
        }
        finally
        {
            Assert.Null(Run("umount", directory));
            Directory.Delete(directory);
        }
    }

    private async Task FillAndFreeAsync(string directory)
    {
        string ballast = Path.Combine(directory, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[2 << 20]);
        await using LocalServer server = await LocalServer.StartAsync(options => options.Path = Path.Combine(directory, "data"));

        // 1. Until nothing more goes in; every item of a bulk has the same fate.
        List<string> taken = [], refused = [];
        while (refused.Count < 3 * PerBulk)
        {
            int first = taken.Count + refused.Count;
            JsonNode answer = await server.BulkAsync(Enumerable.Range(first, PerBulk).SelectMany(Document));
            List<int> statuses = [.. answer["items"]!.AsArray().Select(item => (int)item!["create"]!["status"]!)];
            Assert.Single(statuses.Distinct());
            (statuses[0] == 201 ? taken : refused).AddRange(Enumerable.Range(first, PerBulk).Select(Id));
            if (statuses[0] == 201)
                continue;
            Assert.Equal(429, statuses[0]);
            Assert.Equal("cluster_block_exception", (string?)answer["items"]![0]!["create"]!["error"]!["type"]);
        }

        output.WriteLine($"{taken.Count} documents were taken");
        Assert.NotEmpty(taken);
        await AssertHasAsync(server, taken);

        // 2. Full as it is, it can be started again, and has what it had.
        await server.RestartAsync();
        await AssertHasAsync(server, taken);

        // 3. With room it goes on, without being told.
        File.Delete(ballast);
        JsonNode after = await server.BulkAsync(Enumerable.Range(100_000, PerBulk).SelectMany(Document));
        Assert.False((bool)after["errors"]!, after.ToJsonString());
        await AssertHasAsync(server, [.. taken, .. Enumerable.Range(100_000, PerBulk).Select(Id)]);
    }

    private static async Task AssertHasAsync(LocalServer server, List<string> ids)
    {
        const string All = """{"size":10000,"track_total_hits":true,"_source":false,"sort":["number"],"query":{"match":{"text":"document"}}}""";
        JsonNode found = await server.OkAsync("POST", "/full/_search", All);
        Assert.InRange(ids.Count, 1, 10_000);
        Assert.Equal(ids.Count, (int)found["hits"]!["total"]!["value"]!);
        Assert.Equal(ids, found["hits"]!["hits"]!.AsArray().Select(hit => (string)hit!["_id"]!));
    }

    private static string Id(int number) => "doc-" + number;

    private static IEnumerable<string> Document(int number)
    {
        yield return $$$"""{"create":{"_index":"full","_id":"{{{Id(number)}}}"}}""";
        yield return $$"""{"number":{{number}},"text":"the document {{Guid.NewGuid()}} {{new string('x', 2000)}}"}""";
    }

    /// <summary>Null, or why it failed.</summary>
    private static string? Run(string command, string arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
