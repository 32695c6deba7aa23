using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.LocalElasticsearch.Tests.Clients;

/// <summary>Programs that were written for the real one.</summary>
public class RealClientTests
{
    private const string Python = "/usr/bin/python3";

    [FactWith("node", "node_modules/@elastic/elasticsearch")]
    public async Task The_official_client_for_node_8_with_its_product_check()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        Assert.Contains(
            "fine",
            await ClientProcess.RunAsync("node", ClientProcess.Script("client.js"), server.Address.ToString(), Tools.NodePackage("@elastic/elasticsearch")),
            StringComparison.Ordinal);
    }

    [TheoryWith(Python, "/usr/lib/python3/dist-packages/elasticsearch/__init__.py")]
    [InlineData("8.19.0")]
    [InlineData("7.17.0")]
    public async Task Debians_python_client(string version)
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.Version = version);
        Assert.Contains("fine", await ClientProcess.RunAsync(Python, ClientProcess.Script("client.py"), server.Address.ToString()), StringComparison.Ordinal);
    }

    [FactWith(Python, "/usr/lib/python3/dist-packages/curator/__init__.py")]
    public async Task Curator_deletes_what_its_filter_says()
    {
        await using LocalServer server = await LocalServer.StartAsync(options => options.Version = "7.17.0");
        await server.OkAsync("PUT", "/old-1");
        await server.OkAsync("PUT", "/new-1");
        await ClientProcess.RunAsync(Python, ClientProcess.Script("client-curator.py"), server.Address.ToString());
        Assert.Equal(404, (await server.SendAsync("HEAD", "/old-1")).Status);
        Assert.Equal(200, (await server.SendAsync("HEAD", "/new-1")).Status);
    }

    [FactWith("/usr/sbin/rsyslogd", "/usr/share/doc/rsyslog-elasticsearch/copyright")]
    public async Task Rsyslog_indexes_what_a_file_says()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        string directory = Path.Combine(Path.GetTempPath(), "auralogs-rsyslog-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(directory);
        string log = Path.Combine(directory, "app.log"), configuration = Path.Combine(directory, "rsyslog.conf");
        await File.WriteAllTextAsync(log, "first line\nsecond line\n");
        await File.WriteAllTextAsync(configuration, $$"""
            global(workDirectory="{{directory}}")
            module(load="imfile")
            module(load="omelasticsearch")
            template(name="json" type="list" option.jsonf="on") {
              property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
              property(outname="message" name="msg" format="jsonf")
            }
            input(type="imfile" File="{{log}}" Tag="app")
            action(type="omelasticsearch" server="{{server.Address.Host}}" serverport="{{server.Address.Port}}" template="json"
              searchIndex="rsyslog" searchType="" bulkmode="on" errorFile="{{directory}}/errors")
            """);
        using Process rsyslog = ClientProcess.Start("/usr/sbin/rsyslogd", "-n", "-i", Path.Combine(directory, "pid"), "-f", configuration);
        try
        {
            await EventuallyAsync(async () => (int?)(await server.SendAsync("GET", "/rsyslog/_count?q=message:line")).Body?["count"] == 2
                ? true
                : throw new HttpRequestException("not there yet"));
        }
        finally
        {
            rsyslog.Kill();
            await rsyslog.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    [FactWith("/usr/bin/prometheus-elasticsearch-exporter")]
    public async Task Prometheus_exporter_scrapes_it()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await server.BulkAsync("""{"create":{"_index":"logs"}}""", """{"a":1}""");
        int port = FreePort();
        using Process exporter = ClientProcess.Start(
            "/usr/bin/prometheus-elasticsearch-exporter", $"--es.uri={server.Address}", "--es.indices", $"--web.listen-address=127.0.0.1:{port}");
        try
        {
            using HttpClient client = new();
            string metrics = await EventuallyAsync(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")));
            Assert.Contains("elasticsearch_cluster_health_status{cluster=\"auralogs-local\",color=\"yellow\"} 1", metrics, StringComparison.Ordinal);
            Assert.Contains("elasticsearch_node_stats_up 1", metrics, StringComparison.Ordinal);
        }
        finally
        {
            exporter.Kill();
        }
    }

    [FactWith("node", "node_modules/azurite")]
    public async Task An_azure_repository_is_verified_filled_restored_and_emptied_against_azurite()
    {
        string directory = Path.Combine(Path.GetTempPath(), "auralogs-azurite-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(directory);
        int port = FreePort();
        // Azurite's account and key are published with it.
        const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        using Process azurite = ClientProcess.Start(
            "node", Path.Combine(Tools.NodePackage("azurite"), "dist/src/blob/main.js"), "--blobPort", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--location", directory, "--silent", "--skipApiVersionCheck");
        try
        {
            await using LocalServer server = await LocalServer.StartAsync(options =>
                (options.AzureAccount, options.AzureKey, options.AzureEndpoint) = ("devstoreaccount1", Key, $"http://127.0.0.1:{port}/devstoreaccount1"));
            using HttpClient client = new();
            await EventuallyAsync(() => client.GetAsync(new Uri($"http://127.0.0.1:{port}/")));
            const string Repository = """{"type":"azure","settings":{"container":"snapshots","base_path":"cluster-1"}}""";

            // The container is missing, so that the repository can't be verified.
            (int status, JsonNode? refused) = await server.SendAsync("PUT", "/_snapshot/blobs", Repository);
            Assert.Equal((500, "repository_verification_exception"), (status, (string)refused!["error"]!["type"]!));
            await Azurite.CreateContainerAsync(client, port, Key, "snapshots");
            await server.OkAsync("PUT", "/_snapshot/blobs", Repository);

            await server.BulkAsync("""{"create":{"_index":"logs","_id":"a"}}""", """{"lvl":"ERROR"}""");
            await server.OkAsync("PUT", "/_snapshot/blobs/one?wait_for_completion=true");
            await server.OkAsync("DELETE", "/logs");
            await server.OkAsync("POST", "/_snapshot/blobs/one/_restore?wait_for_completion=true");
            Assert.Equal(1, (int)(await server.OkAsync("GET", "/logs/_count?q=lvl:ERROR"))["count"]!);
            await server.OkAsync("DELETE", "/_snapshot/blobs/one");
            Assert.Equal(0, (int)(await server.OkAsync("POST", "/_snapshot/blobs/_cleanup"))["results"]!["deleted_blobs"]!);
        }
        finally
        {
            azurite.Kill(entireProcessTree: true);
            await azurite.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> action)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await action();
            }
            catch (HttpRequestException) when (i < 200)
            {
                await Task.Delay(100);
            }
        }
    }
}
