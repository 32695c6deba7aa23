using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Deploy;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Operations;

/// <summary>
/// The real Prometheus scrapes the running service and lets the alerts of <c>deploy/prometheus</c> fire into the real
/// Alertmanager, while the real blackbox exporter probes it with the modules of <c>deploy/blackbox</c>. It looks each second
/// instead of every 30, and an alert's <c>for</c> is one second: otherwise the files are those that are deployed.
/// </summary>
public sealed partial class AlertingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [FactWith("promtool")]
    public async Task Every_alert_has_a_unit_test_and_all_pass()
    {
        var rules = await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "auralogs.rules.yml"));
        var tests = await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "auralogs.tests.yml"));
        Assert.All(AlertName().Matches(rules).Select(match => match.Groups[1].Value), alert => Assert.Contains(alert, tests, StringComparison.Ordinal));

        await Script.RunAsync("promtool", ["test", "rules", Repository.PathOf("deploy", "prometheus", "auralogs.tests.yml")]);
    }

    [FactWith("prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter")]
    public async Task Alerts_reach_Alertmanager_for_a_dead_letter_and_for_a_service_that_is_gone()
    {
        using var directory = new TemporaryDirectory();
        await using var service = await LogTraffic.StartServiceAsync(directory.Path);
        await using var blackbox = BackgroundProgram.Start(
            "prometheus-blackbox-exporter",
            [$"--config.file={Repository.PathOf("deploy", "blackbox", "blackbox.yml")}", "--web.listen-address=127.0.0.1:0"]);
        await using var alertmanager = StartAlertmanager(directory.Path);
        var alertmanagerAddress = await alertmanager.ListeningAsync(Listening());
        await using var prometheus = StartPrometheus(
            directory.Path, service, await blackbox.ListeningAsync(Listening()), alertmanagerAddress);
        using var query = new HttpClient { BaseAddress = await prometheus.ListeningAsync(Listening()) };
        using var alerts = new HttpClient { BaseAddress = alertmanagerAddress };

        // 1. All is well: scraped, probed on both ports, and nobody is woken.
        await LogTraffic.SendAsync(service, 100, "prometheus");
        await WaitForAsync(query, "up{job=\"auralogs\"}", 1);
        await WaitForAsync(query, "sum(probe_success)", 2);
        await WaitForAsync(query, "auralogs_forward_events_total", 100);
        await WaitForAsync(query, "auralogs_ledger_events{account=\"dead_lettered\"}", 0);
        Assert.Empty(await FiringAsync(alerts));

        // 2. A document that Elasticsearch refuses.
        await LogTraffic.SendDeadLetterAsync(service);
        await Wait.UntilAsync(() => FiringAsync(alerts), firing => firing.Contains("AuraLogsDeadLetters"), Limit, () => prometheus.Output);

        // 3. The service is gone.
        await service.KillAsync();
        await Wait.UntilAsync(
            () => FiringAsync(alerts), firing => firing.Contains("AuraLogsDown") && firing.Contains("AuraLogsNotReady"), Limit, () => prometheus.Output);
    }

    private static BackgroundProgram StartAlertmanager(string directory)
    {
        var configuration = Path.Combine(directory, "alertmanager.yml");
        File.WriteAllText(configuration, "route: {receiver: nobody, group_wait: 1s}\nreceivers: [{name: nobody}]\n");
        return BackgroundProgram.Start(
            "prometheus-alertmanager",
            [
                $"--config.file={configuration}", $"--storage.path={directory}/alertmanager", "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=",
            ]);
    }

    private static BackgroundProgram StartPrometheus(string directory, ServiceProcess service, Uri blackbox, Uri alertmanager)
    {
        var rules = Path.Combine(directory, "auralogs.rules.yml");
        File.WriteAllText(rules, For().Replace(File.ReadAllText(Repository.PathOf("deploy", "prometheus", "auralogs.rules.yml")), "for: 1s"));
        var configuration = Path.Combine(directory, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [{{rules}}]
            alerting:
              alertmanagers: [{static_configs: [{targets: ["{{alertmanager.Authority}}"]}]}]
            scrape_configs:
              - job_name: auralogs
                static_configs: [{targets: ["{{service.Operations.Authority}}"]}]
              - job_name: blackbox-readyz
                metrics_path: /probe
                params: {module: [auralogs_ready], target: ["{{service.Operations}}readyz"]}
                static_configs: [{targets: ["{{blackbox.Authority}}"]}]
              - job_name: blackbox-forward
                metrics_path: /probe
                params: {module: [auralogs_forward], target: ["127.0.0.1:{{service.ForwardPort}}"]}
                static_configs: [{targets: ["{{blackbox.Authority}}"]}]
            """);
        return BackgroundProgram.Start(
            "prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={directory}/prometheus", "--web.listen-address=127.0.0.1:0"]);
    }

    private static Task WaitForAsync(HttpClient prometheus, string expression, double value) => Wait.UntilAsync(
        async () =>
        {
            var answer = await prometheus.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
            var result = answer.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : result[0].GetProperty("value")[1].GetString();
        },
        found => found is not null && double.Parse(found, System.Globalization.CultureInfo.InvariantCulture) == value,
        Limit,
        () => expression);

    private static async Task<List<string>> FiringAsync(HttpClient alertmanager) =>
    [
        .. (await alertmanager.GetFromJsonAsync<JsonElement>("/api/v2/alerts?active=true")).EnumerateArray()
            .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!),
    ];

    [GeneratedRegex(@"msg=""Listening on"" address=(?<address>127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"for: \w+")]
    private static partial Regex For();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();
}
