using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Deploy;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Operations;

public sealed partial class MetricsTests
{
    [FactWith("promtool")]
    public async Task Promtool_finds_nothing_to_say_about_the_metrics()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await LogTraffic.StartServiceAsync(directory.Path);
        await LogTraffic.SendAsync(service, 100, "metrics");
        await ServiceStatus.WaitUntilDrainedAsync(service);

        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(await MetricsAsync(service));
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        Assert.Equal("", said);
        Assert.Equal(0, promtool.ExitCode);
    }

    [Fact]
    public async Task Every_metric_that_a_rule_or_a_dashboard_uses_is_exposed()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await LogTraffic.StartServiceAsync(directory.Path);
        await LogTraffic.SendAsync(service, 100, "metrics");
        await LogTraffic.SendNonsenseAsync(service);
        await LogTraffic.SendDeadLetterAsync(service);
        await ServiceStatus.WaitUntilDrainedAsync(service);
        await SnapshotAsync(service);
        var used = Directory.GetFiles(Repository.PathOf("deploy", "prometheus"), "*.rules.yml")
            .Concat(Directory.GetFiles(Repository.PathOf("deploy", "grafana"), "*.json"))
            .SelectMany(file => MetricName().Matches(Expressions(file)))
            .Select(match => match.Value).Distinct().Order().ToList();
        Assert.Contains("auralogs_forward_ack_seconds_bucket", used);

        // Problems are there only while there are any; the code says when.
        used.Remove("auralogs_problems");
        await Wait.UntilAsync(
            async () => string.Join(' ', used.Except(Series().Matches(await MetricsAsync(service)).Select(match => match.Groups[1].Value))),
            missing => missing.Length == 0,
            TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task The_counters_agree_with_what_was_sent()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await LogTraffic.StartServiceAsync(directory.Path);
        await LogTraffic.SendAsync(service, 250, "counted");
        await LogTraffic.SendAsync(service, 250, "counted");
        await LogTraffic.SendDeadLetterAsync(service);
        await ServiceStatus.AssertBalancedAsync(service, received: 502, indexed: 251, deadLettered: 1);

        var metrics = await MetricsAsync(service);

        Assert.Contains("\nauralogs_forward_events_total 502\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_forward_acks_total 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_forward_ack_seconds_count 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_indexing_items_total{verdict=\"indexed\"} 251\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_indexing_items_total{verdict=\"duplicate\"} 250\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_ledger_events{account=\"dead_lettered\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nauralogs_queue_pending_events 0\n", metrics, StringComparison.Ordinal);
    }

    private static async Task<string> MetricsAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Operations };
        return await http.GetStringAsync("/metrics");
    }

    /// <summary>The age of the last snapshot is only there when there is one.</summary>
    private static async Task SnapshotAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Elasticsearch };
        var policies = JsonElement.Parse(await http.GetStringAsync("/_slm/policy"));
        foreach (var policy in policies.EnumerateObject())
            (await http.PostAsync($"/_slm/policy/{policy.Name}/_execute", null)).EnsureSuccessStatusCode();
    }

    // In a dashboard, titles and descriptions may use the word too.
    private static string Expressions(string file)
    {
        var text = File.ReadAllText(file);
        return file.EndsWith(".json", StringComparison.Ordinal) ? string.Join('\n', Expression().Matches(text).Select(match => match.Value)) : text;
    }

    [GeneratedRegex(@"(?<![\w:])auralogs_\w+(?!:)\b")]
    private static partial Regex MetricName();

    [GeneratedRegex("""
        "(expr|query)": .*
        """)]
    private static partial Regex Expression();

    [GeneratedRegex(@"^(auralogs_\w+)", RegexOptions.Multiline)]
    private static partial Regex Series();
}
