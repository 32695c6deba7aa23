using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>
/// The StatefulSet's replicas as processes: each with exactly the rendered environment and arguments. What a cluster gives is
/// given by the test: a volume is a directory, a Secret a file in one, and the ports are free ones.
/// </summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly AuraLogsPod _pod;
    private readonly ServiceProcess[] _services;

    private Replicas(AuraLogsPod pod, int count)
    {
        _pod = pod;
        _services = new ServiceProcess[count];
    }

    public IReadOnlyList<ServiceProcess> All => _services;

    public ServiceProcess this[int replica] => Volatile.Read(ref _services[replica]);

    /// <summary>Renders the profile for AuraLogs in front of another Elasticsearch, and starts as many replicas as it says.</summary>
    public static async Task<Replicas> StartAsync(Uri elasticsearch, params string[] values)
    {
        var manifests = await Chart.RenderAsync(
            Chart.Folder,
            [
                "--values", Chart.ProfileFile("external"), "--set",
                string.Join(
                    ',', [
                        $"auralogs.external_elasticsearch.urls={elasticsearch.GetLeftPart(UriPartial.Authority)}",
                        "auralogs.external_elasticsearch.api_key_secret=", "auralogs.external_elasticsearch.ca_secret=", .. values,
                    ]),
            ]);
        var replicas = new Replicas(AuraLogsPod.Of(manifests), (int)manifests.Get("StatefulSet", Chart.Release)["spec"]!["replicas"]!);
        for (var i = 0; i < replicas._services.Length; i++)
            await replicas.StartAsync(i);
        return replicas;
    }

    /// <summary>Starts a replica on its volume, as Kubernetes does when its pod is gone.</summary>
    public async Task StartAsync(int replica)
    {
        var volumes = Directory.CreateDirectory(Path.Combine(_directory.Path, $"replica-{replica}")).FullName;
        var environment = _pod.Environment.ToDictionary(variable => variable.Key, variable => InVolumes(variable.Value, volumes));
        Assert.Empty(_pod.Arguments);
        Volatile.Write(ref _services[replica], await ServiceProcess.StartAsync(volumes, environment));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            if (service is not null)
                await service.DisposeAsync();
        }

        _directory.Dispose();
    }

    private string InVolumes(string value, string volumes) =>
        _pod.MountPaths.Any(mount => value == mount || value.StartsWith(mount + "/", StringComparison.Ordinal)) ? volumes + value : value;
}
