using System.Text.Json;
using System.Text.RegularExpressions;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>Alertmanager, the exporters and Grafana read the very files that the chart renders.</summary>
public sealed partial class MonitoringTests
{
    [TheoryWith("helm", "kubectl", "amtool")]
    [InlineData("platform", "operations@example.com")]
    [InlineData("everything", "operations@example.com, on-call@example.com")]
    public async Task Alertmanager_takes_its_configuration_and_mails_to_the_address_of_the_profile(string profile, string address)
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "alertmanager.yml");
        var manifests = await Chart.RenderAsync(
            Chart.Folder, ["--values", Chart.ProfileFile(profile), "--set", "alertmanager.smtp.smarthost=mail.example.com:587,alertmanager.smtp.from=a@example.com"]);
        // Debian's Alertmanager is older than url_file of a webhook.
        await File.WriteAllTextAsync(
            file,
            manifests.ConfigFile("aura-logs-alertmanager", "alertmanager.yml")
                .Replace("url_file: /etc/alertmanager-watchdog/url", "url: http://127.0.0.1/", StringComparison.Ordinal));

        await Script.RunAsync("amtool", ["check-config", file]);

        var critical = await Script.RunAsync("amtool", ["config", "routes", "test", $"--config.file={file}", "severity=critical", "alertname=Any"]);
        Assert.Equal("notifications", critical.Trim());
        Assert.Contains($"to: \"{address}\"", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        var watchdog = await Script.RunAsync("amtool", ["config", "routes", "test", $"--config.file={file}", "severity=none", "alertname=Watchdog"]);
        Assert.Equal("watchdog", watchdog.Trim());
    }

    [FactWith("helm", "kubectl", "amtool")]
    public async Task Without_a_mail_server_Alertmanager_still_takes_its_configuration()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "alertmanager.yml");
        await File.WriteAllTextAsync(file, (await Chart.RenderAsync("platform")).ConfigFile("aura-logs-alertmanager", "alertmanager.yml"));

        await Script.RunAsync("amtool", ["check-config", file]);
    }

    /// <summary>The annotation of each alert leads to a section of a runbook that is there.</summary>
    [Fact]
    public async Task Every_alert_has_a_runbook()
    {
        var alerts = 0;
        foreach (var rules in Directory.GetFiles(Repository.PathOf("deploy", "prometheus"), "*.rules.yml"))
        {
            foreach (Match rule in AlertRule().Matches(await File.ReadAllTextAsync(rules)))
            {
                alerts++;
                var alert = rule.Groups["alert"].Value;
                var runbook = Runbook().Match(rule.Value);
                Assert.True(runbook.Success, $"{alert} has no runbook");
                Assert.Equal(alert.ToLowerInvariant(), runbook.Groups["anchor"].Value);
                Assert.Contains($"\n## {alert}\n", await File.ReadAllTextAsync(Repository.PathOf(runbook.Groups["file"].Value)), StringComparison.Ordinal);
            }
        }

        Assert.True(alerts > 40);
    }

    [FactWith("promtool")]
    public Task The_objectives_burn_when_they_should() =>
        Script.RunAsync("promtool", ["test", "rules", Repository.PathOf("deploy", "prometheus", "objectives.tests.yml")]);

    [FactWith("helm", "kubectl", "prometheus-blackbox-exporter")]
    public async Task The_blackbox_exporter_takes_its_configuration_and_has_every_module_that_Prometheus_asks_for()
    {
        using var directory = new TemporaryDirectory();
        var manifests = await Chart.RenderAsync("everything");
        var file = Path.Combine(directory.Path, "blackbox.yml");
        await File.WriteAllTextAsync(file, manifests.ConfigFile("aura-logs-blackbox-exporter", "blackbox.yml"));

        await Script.RunAsync("prometheus-blackbox-exporter", [$"--config.file={file}", "--config.check"]);

        var asked = ModuleOfProbe().Matches(manifests.ConfigFile("aura-logs-prometheus", "prometheus.yml")).Select(match => match.Groups[1].Value);
        Assert.Equal(3, asked.Count());
        Assert.All(asked, module => Assert.Contains($"\n  {module}:\n", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [FactWith("helm", "kubectl", "prometheus-node-exporter")]
    public async Task The_node_exporter_takes_its_arguments()
    {
        var container = (await Chart.RenderAsync("platform")).Get("DaemonSet", "aura-logs-node-exporter")["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var arguments = Manifests.Items(container["args"]).Select(argument => (string)argument!)
            .Select(argument => argument.Replace("=/host", "=/", StringComparison.Ordinal).Replace("=:9100", "=127.0.0.1:0", StringComparison.Ordinal));
        await using var exporter = BackgroundProgram.Start("prometheus-node-exporter", arguments);
        using var http = new HttpClient { BaseAddress = await exporter.ListeningAsync(ListeningOn()) };

        var metrics = await http.GetStringAsync("/metrics");

        Assert.Contains("node_filesystem_avail_bytes{", metrics, StringComparison.Ordinal);
    }

    [FactWith("helm", "kubectl")]
    public async Task Every_dashboard_is_there_and_asks_data_sources_that_are_provisioned()
    {
        var manifests = await Chart.RenderAsync("everything");
        var sources = manifests.ConfigFile("aura-logs-grafana", "datasources.yml");
        var shipped = Directory.GetFiles(Repository.PathOf("deploy", "grafana"), "*.json").Select(file => Path.GetFileName(file)!).ToList();

        Assert.NotEmpty(shipped);
        Assert.Contains("uid: prometheus", sources, StringComparison.Ordinal);
        Assert.Contains("uid: aura-services", sources, StringComparison.Ordinal);
        foreach (var file in shipped)
        {
            var dashboard = JsonDocument.Parse(manifests.ConfigFile("aura-logs-grafana-dashboards", file));
            var asked = dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("datasource", out var source) && source.ValueKind == JsonValueKind.Object)
                .Select(panel => panel.GetProperty("datasource").GetProperty("uid").GetString()!);
            Assert.All(asked, uid => Assert.True(
                uid is "prometheus" or "aura-services" or "-- Grafana --" || uid.StartsWith("${", StringComparison.Ordinal), $"{file} asks {uid}"));
        }
    }

    [GeneratedRegex(@"msg=""?Listening on""? address=(?<address>[0-9.]+:\d+)")]
    private static partial Regex ListeningOn();

    [GeneratedRegex(@"      - alert: (?<alert>\w+)\n(?:        .*\n?)+")]
    private static partial Regex AlertRule();

    [GeneratedRegex(@"          runbook: (?<file>docs/runbooks/[a-z]+\.md)#(?<anchor>[a-z]+)\n?")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"module: \[(\w+)\]")]
    private static partial Regex ModuleOfProbe();
}
