using System.Security.Cryptography.X509Certificates;
using AuraLogs.Configuration;
using AuraLogs.EndToEnd.Harness;
using AuraLogs.Hosting.Settings;
using YamlDotNet.Serialization;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What deployments tell AuraLogs is what AuraLogs reads: its own loader refuses unknown keys and values out of range.</summary>
public sealed class ConfigurationTests
{
    private const string SecretsFolder = "/etc/auralogs/";

    public static TheoryData<string> Profiles => Chart.Profiles;

    [TheoryWith("helm", "kubectl")]
    [MemberData(nameof(Profiles))]
    public async Task AuraLogs_takes_the_rendered_environment(string profile)
    {
        var pod = await AuraLogsPod.RenderAsync(profile);

        var options = Load(pod.Environment);

        Assert.Empty(pod.Arguments);
        var (name, port) = options.Forward.Tls.Enabled ? ("forward-tls", options.Forward.Tls.Port) : ("forward", options.Forward.Port);
        Assert.Equal(port, pod.Port(name));
        Assert.Equal(options.Operations.Port, pod.Port("operations"));
        Assert.False(options.Elasticsearch.IsLocal);
        var files = pod.Environment.Values.Where(value => value.StartsWith(SecretsFolder, StringComparison.Ordinal));
        Assert.All(files, file => Assert.Contains(Path.GetDirectoryName(file), pod.MountPaths));
    }

    [FactWith("helm", "kubectl")]
    public async Task The_profile_of_the_platform_reaches_AuraLogs()
    {
        var options = Load((await AuraLogsPod.RenderAsync("platform")).Environment);

        Assert.Equal(3, options.Lifecycle.RetentionDays);
        Assert.Equal(365, options.Lifecycle.SnapshotRetentionDays);
        Assert.True(options.Lifecycle.Snapshots);
        Assert.Equal("azure", options.Lifecycle.Repository.Type);
        Assert.Equal("aura-backups", options.Lifecycle.Repository.Container);
        Assert.Equal("https://aura-logs-elasticsearch:9200", options.Elasticsearch.Urls);
    }

    [TheoryWith("helm", "kubectl")]
    [InlineData("platform", "Lean")]
    [InlineData("migration", "Compatible")]
    [InlineData("everything", "Compatible")]
    public async Task A_new_Elasticsearch_gets_the_lean_mapping_and_one_that_is_there_keeps_its_dashboards(string profile, string mapping) =>
        Assert.Equal(mapping, Load((await AuraLogsPod.RenderAsync(profile)).Environment).Lifecycle.Mapping.ToString());

    [FactWith("helm", "kubectl")]
    public async Task Further_settings_of_the_profile_reach_AuraLogs_and_unknown_ones_stop_it()
    {
        var environment = (await AuraLogsPod.RenderAsync("everything")).Environment.ToDictionary();

        Assert.Equal(2, Load(environment).Lifecycle.Shards);
        Assert.True(Load(environment).Lifecycle.TakeOver);
        environment["AuraLogs__Queue__Pth"] = "/data";
        Assert.Contains(Assert.Throws<ConfigurationException>(() => Load(environment)).Mistakes, mistake => mistake.Contains("AuraLogs:Queue:Pth", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AuraLogs_takes_the_environment_of_docker_compose()
    {
        var compose = new Deserializer().Deserialize<Dictionary<string, object>>(await File.ReadAllTextAsync(Repository.PathOf("docker-compose.yml")));
        var service = (Dictionary<object, object>)((Dictionary<object, object>)compose["services"])["auralogs"];
        var environment = ((Dictionary<object, object>)service["environment"])
            .ToDictionary(pair => (string)pair.Key, pair => ComposeDefault((string)pair.Value));

        var options = Load(environment);

        Assert.Equal("http://elasticsearch:9200", options.Elasticsearch.Urls);
        Assert.Equal(7, options.Lifecycle.RetentionDays);
        Assert.False(options.Lifecycle.Snapshots);
    }

    /// <summary><c>${NAME:-default}</c> is <c>default</c>.</summary>
    private static string ComposeDefault(string value) =>
        value.StartsWith("${", StringComparison.Ordinal) ? value[(value.IndexOf(":-", StringComparison.Ordinal) + 2)..^1] : value;

    private static AuraLogsOptions Load(IReadOnlyDictionary<string, string> environment)
    {
        using var directory = new TemporaryDirectory();
        using var certificate = TestCertificate.Create();
        var arguments = new List<string>();
        foreach (var (name, value) in environment.Where(variable => variable.Key.StartsWith("AuraLogs__", StringComparison.Ordinal)))
        {
            var path = value.Replace(SecretsFolder, directory.Path + "/", StringComparison.Ordinal);
            if (path != value)
                MakeSecret(path, certificate);
            arguments.Add($"--{name.Replace("__", ":", StringComparison.Ordinal)}={path}");
        }

        return ConfigurationLoader.Load(arguments).Options;
    }

    private static void MakeSecret(string path, X509Certificate2 certificate)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, Path.GetExtension(path) switch
        {
            ".crt" => certificate.ExportCertificatePem(),
            ".key" => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            _ => AuraLogsPod.SecretValue,
        });
    }
}
