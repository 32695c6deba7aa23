using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>What of Dockerfile and docker-compose.yml can be checked without Docker.</summary>
public sealed partial class DockerTests
{
    private static readonly string Dockerfile = File.ReadAllText(Repository.PathOf("Dockerfile"));

    [Fact]
    public void The_build_gets_every_file_that_it_copies_and_nothing_of_the_tests()
    {
        var allowed = File.ReadLines(Repository.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Copy().Matches(Dockerfile).SelectMany(match => match.Groups[1].Value.Split(' ')).ToList();

        Assert.Contains("src", copied);
        foreach (var source in copied)
        {
            Assert.True(Path.Exists(Repository.PathOf(source)), $"{source} is not there");
            Assert.Contains(allowed, entry => source == entry || source.StartsWith($"{entry}/", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("tests", allowed);
    }

    /// <summary>A project that the product refers to but whose file isn't copied first would fail to restore.</summary>
    [Fact]
    public void The_project_files_that_are_restored_first_are_all_of_the_product()
    {
        var projects = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.PathOf(), file));

        Assert.All(projects, project => Assert.Contains($"COPY {project} ", Dockerfile, StringComparison.Ordinal));
    }

    [Fact]
    public void It_runs_as_the_user_that_the_chart_runs_it_as_and_keeps_its_data_in_the_volume()
    {
        Assert.Contains("\nUSER 1654:1654\n", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("COPY --from=build --chown=1654:1654 /data /data\n", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("\nVOLUME /data\n", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("AuraLogs__Queue__Path=/data/queue", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("\nEXPOSE 24224 8080", Dockerfile, StringComparison.Ordinal);
        Assert.EndsWith("ENTRYPOINT [\"/app/auralogs\"]\n", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_starts_four_services_and_with_the_profile_full_the_others()
    {
        var services = Services();

        Assert.Equal(
            ["auralogs", "elasticsearch", "fluent-bit", "kibana"],
            services.Where(service => !service.Value.ContainsKey("profiles")).Select(service => service.Key).Order(StringComparer.Ordinal));
        Assert.All(
            services.Values.Where(service => service.ContainsKey("profiles")), service => Assert.Equal(["full"], (List<object>)service["profiles"]));
        Assert.Subset(
            services.Keys.ToHashSet(), new HashSet<string> { "prometheus", "alertmanager", "grafana", "blackbox", "azurite" });
    }

    /// <summary>The chart's values.yaml is where versions are kept; a laptop runs the same.</summary>
    [Fact]
    public void Compose_runs_the_versions_of_the_chart()
    {
        var values = new Deserializer().Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Chart.Folder, "values.yaml")));
        var pins = values.Values.OfType<Dictionary<object, object>>().Where(section => section.ContainsKey("image"))
            .Select(section => (Dictionary<object, object>)section["image"])
            .Select(image => (Repository: (string)image["repository"], Tag: (string)image["tag"]))
            .Distinct()
            .ToDictionary(image => image.Repository, image => image.Tag); // one version of each, however often it is used
        var shared = Services().Values.Select(service => ((string)service["image"]).Split(':')).Where(image => pins.ContainsKey(image[0])).ToList();

        Assert.True(shared.Count >= 7);
        Assert.All(shared, image => Assert.Equal(pins[image[0]], image[1]));
    }

    [Fact]
    public void Compose_pins_its_images_mounts_files_that_exist_and_listens_on_this_machine_only()
    {
        var volumes = Compose()["volumes"].Keys.Select(key => (string)key).ToHashSet();
        foreach (var (name, service) in Services())
        {
            Assert.Matches("^[a-z0-9./-]+:v?[0-9]+[.][0-9]+[.][0-9]+$", (string)service["image"]);
            foreach (var source in Texts(service, "volumes").Select(mount => mount.Split(':')[0]))
            {
                if (source.StartsWith("./", StringComparison.Ordinal))
                    Assert.True(Path.Exists(Repository.PathOf(source)), $"{name} mounts {source}");
                else if (!source.StartsWith('/'))
                    Assert.Contains(source, volumes);
            }

            Assert.All(Texts(service, "ports"), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Texts(Dictionary<object, object> service, string key) =>
        service.TryGetValue(key, out var list) ? ((List<object>)list).Select(item => (string)item) : [];

    private static Dictionary<string, Dictionary<object, object>> Services() =>
        Compose()["services"].ToDictionary(pair => (string)pair.Key, pair => (Dictionary<object, object>)pair.Value);

    private static Dictionary<string, Dictionary<object, object>> Compose() =>
        new Deserializer().Deserialize<Dictionary<string, object>>(File.ReadAllText(Repository.PathOf("docker-compose.yml")))
            .Where(pair => pair.Value is Dictionary<object, object>)
            .ToDictionary(pair => pair.Key, pair => (Dictionary<object, object>)pair.Value);

    [GeneratedRegex(@"^COPY (?!--)(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();
}
