using AuraLogs.EndToEnd.Harness;
using AuraLogs.EndToEnd.Operations;

namespace AuraLogs.EndToEnd.Regressions;

/// <summary>What the service writes was readable by every user of the machine under the usual mask.</summary>
public sealed class ReadableFilesTests : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_that_the_service_writes_is_for_its_user_alone()
    {
        await using var service = await LogTraffic.StartServiceAsync(_directory.Path);
        await LogTraffic.SendAsync(service, 100, "private");
        await LogTraffic.SendDeadLetterAsync(service);
        await ServiceStatus.WaitUntilDrainedAsync(service);
        using var http = new HttpClient { BaseAddress = service.Elasticsearch };
        using var repository = await http.PutAsync(
            "/_snapshot/private", new StringContent("""{"type":"fs","settings":{"location":"private"}}""", null, "application/json"));
        using var snapshot = await http.PutAsync("/_snapshot/private/one?wait_for_completion=true", null);
        Assert.True(snapshot.IsSuccessStatusCode);

        var written = new DirectoryInfo(_directory.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();

        Assert.Contains(written, entry => entry.Name.EndsWith(".db", StringComparison.Ordinal));
        Assert.Contains(written, entry => entry.FullName.Contains("/snapshots/", StringComparison.Ordinal));
        Assert.Empty(written.Where(entry => (entry.UnixFileMode & Others) != 0).Select(entry => $"{entry.FullName} {entry.UnixFileMode}"));
    }
}
