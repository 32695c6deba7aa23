using System.Diagnostics;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Other users of the machine, secrets that are none, and what reaches the operator's terminal.</summary>
[Collection(nameof(Siege))]
public sealed class SecretAttackTests : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("AuraLogs:Forward:Security:SharedKeyFile", "")]
    [InlineData("AuraLogs:Forward:Security:SharedKeyFile", "\n")]
    [InlineData("AuraLogs:Operations:TokenFile", " \n")]
    [InlineData("AuraLogs:Elasticsearch:PasswordFile", "")]
    public async Task An_empty_secret_ends_the_start(string setting, string content)
    {
        var file = Path.Combine(_directory.Path, "secret");
        await File.WriteAllTextAsync(file, content);
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(_directory.Path, (setting, file), ("AuraLogs:Elasticsearch:Username", "u"));
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{setting} is empty", output, StringComparison.Ordinal);
    }

    [LongAttack]
    public async Task Nothing_that_is_written_is_for_others()
    {
        await using var siege = await Siege.BeginAsync(inItself: true);
        await Siege.AttackAsync(2, async (_, end) =>
        {
            await Hostile.SendAsync(siege.Service.ForwardPort, Hostile.Alternating(1000), end);
            await Task.Delay(Timeout.Infinite, end);
        });
        await siege.JudgeAsync();
        var written = new DirectoryInfo(siege.Directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
        Assert.Contains(written, entry => entry.Name.EndsWith(".db", StringComparison.Ordinal));
        Assert.Empty(written.Where(entry => (entry.UnixFileMode & Others) != 0).Select(entry => $"{entry.FullName} {entry.UnixFileMode}"));
    }

    [Fact]
    public async Task Tags_that_command_the_terminal()
    {
        const string Commands = "\u001b]0;owned\u0007\u001b]52;c;ZXZpbA==\u0007\u009b31m";
        await using (var service = await ServiceProcess.StartAsync(_directory.Path, ("AuraLogs:Elasticsearch:Urls", "http://127.0.0.1:1")))
        {
            using var client = await ForwardClient.ConnectAsync(service.ForwardPort);
            await client.SendAsync(new MessagePackBuilder().Array(3).Text($"tag{Commands}").Array(1)
                .Array(2).EventTime(1_764_000_000, 0).Map(1).Text($"key{Commands}").Text(Commands).Map(1).Text("chunk").Text("c").Bytes);
            Assert.Equal("c", await client.ReadAckAsync());
            await service.TerminateAsync();
        }

        foreach (var command in (string[][])[["queue", "inspect", "data/queue"], ["queue", "verify", "data/queue"]])
        {
            var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "auralogs"), command)
            {
                WorkingDirectory = _directory.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var printed = await process.StandardOutput.ReadToEndAsync(limit.Token) + await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.DoesNotContain("]52;", printed.Replace("\u241b]52;", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain('\u0007', printed);
            Assert.DoesNotContain('\u009b', printed);
            if (command[1] == "inspect")
                Assert.Contains("tag\u241b]0;owned", printed, StringComparison.Ordinal);
        }
    }
}
