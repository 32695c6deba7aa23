using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.MainPath;

public sealed class StartTests
{
    [Fact]
    public async Task Every_mistake_is_said_at_once_and_the_exit_code_is_1()
    {
        using var directory = new TemporaryDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = Path.Combine(directory.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(
            directory.Path,
            ("AuraLogs:Forward:Port", ((IPEndPoint)taken.LocalEndpoint).Port.ToString(null, null)),
            ("AuraLogs:Queue:Path", Path.Combine(file, "queue")));

        Assert.Equal(1, exitCode);
        Assert.Contains("AuraLogs:Forward:Port", output, StringComparison.Ordinal);
        Assert.Contains("is in use by another program", output, StringComparison.Ordinal);
        Assert.Contains("AuraLogs:Queue:Path names a directory that can't be written", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_setting_is_refused()
    {
        using var directory = new TemporaryDirectory();

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(
            directory.Path, ("AuraLogs:Queue:MaxByte", "1"), ("AuraLogs:Lifecycle:RetentionDays", "seven"), ("Logging:LogLevel:Default", "Verbos"));

        Assert.Equal(78, exitCode);
        Assert.Contains("Logging:LogLevel:Default is Verbos; it must be one of Trace, Debug", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Contains("AuraLogs:Queue:MaxByte is not a setting", output, StringComparison.Ordinal);
        Assert.Contains("AuraLogs:Lifecycle:RetentionDays can't be read", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_listeners_on_one_port_are_refused_with_both_settings()
    {
        using var directory = new TemporaryDirectory();

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(directory.Path, ("AuraLogs:Forward:Port", "31180"), ("AuraLogs:Operations:Port", "31180"));

        Assert.Equal(78, exitCode);
        Assert.Contains("AuraLogs:Forward:Port must be another port than AuraLogs:Operations:Port: both are 31180.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/x")]
    [InlineData("/no/such/directory/socket")]
    [InlineData("/tmp/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789")]
    public async Task A_unix_socket_that_can_not_be_made_is_one_sentence_with_its_path(string path)
    {
        using var directory = new TemporaryDirectory();

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(directory.Path, ("AuraLogs:Forward:UnixSocket", path), ("Logging:LogLevel:Default", "Critical"));

        Assert.Equal(1, exitCode);
        Assert.StartsWith("AuraLogs can't start: AuraLogs:Forward:UnixSocket", output, StringComparison.Ordinal);
        Assert.Contains(path, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task What_a_killed_start_left_behind_is_gone_after_the_next()
    {
        using var directory = new TemporaryDirectory();
        var queue = Directory.CreateDirectory(Path.Combine(directory.Path, "data", "queue")).FullName;
        await File.WriteAllTextAsync(Path.Combine(queue, ".write-check-12345"), "");

        await using var service = await ServiceProcess.StartAsync(directory.Path);

        Assert.Empty(Directory.EnumerateFiles(queue, "*write-check*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_queue_in_use_is_refused_with_one_sentence()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(
            directory.Path, ("AuraLogs:LocalElasticsearch:Path", Path.Combine(directory.Path, "second")));

        Assert.Equal(1, exitCode);
        Assert.StartsWith("AuraLogs can't start: The queue's directory", output, StringComparison.Ordinal);
        Assert.Contains("is in use by another process", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_queue_of_another_format_version_is_refused_with_one_sentence_and_left_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        var queue = Directory.CreateDirectory(Path.Combine(directory.Path, "data", "queue"));
        var format = Path.Combine(queue.FullName, "format");
        const string line = "auralogs-queue 2 0123456789abcdef";
        await File.WriteAllTextAsync(format, $"{line} {Crc32C(line):x8}\n");
        var before = await File.ReadAllBytesAsync(format);

        var (exitCode, output) = await ServiceProcess.RunToEndAsync(directory.Path);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("AuraLogs can't start: The queue's directory has format version 2", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
        Assert.Equal(before, await File.ReadAllBytesAsync(format));
    }

    [Fact]
    public async Task The_first_screen_says_where_to_send_where_to_look_and_where_the_queue_is()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path);

        Assert.Contains($"forward on 127.0.0.1:{service.ForwardPort}", service.Output, StringComparison.Ordinal);
        Assert.Contains(service.Elasticsearch.Authority, service.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(directory.Path, "data/queue"), service.Output, StringComparison.Ordinal);
    }

    private static uint Crc32C(string text) => ~Encoding.ASCII.GetBytes(text).Aggregate(~0u, BitOperations.Crc32C);
}
