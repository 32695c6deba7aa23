using System.Net;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Deploy;

/// <summary>The script that runs before each start of an Elasticsearch node, with stand-ins for the programs of Elasticsearch's image.</summary>
public sealed class PrepareScriptTests : IDisposable
{
    private static readonly string Script = Repository.PathOf("deploy", "helm", "aura-logs", "files", "elasticsearch", "prepare.sh");

    private readonly TemporaryDirectory _directory = new();

    public PrepareScriptTests()
    {
        foreach (var folder in (string[])["bin", "config", "data", "prepared", "path"])
            Directory.CreateDirectory(Path.Combine(_directory.Path, folder));
        File.WriteAllText(Path.Combine(_directory.Path, "base.yml"), "cluster.name: aura\n");
        // Keeps what is added, a line each.
        WriteProgram("bin/elasticsearch-keystore", """case $1 in create) : > config/elasticsearch.keystore ;; add) echo "$3=$(cat)" >> config/elasticsearch.keystore ;; esac""");
        AnswerWith(HttpStatusCode.ServiceUnavailable);
    }

    [FactWith("shellcheck")]
    public Task Shellcheck_finds_nothing_to_complain_about() => Harness.Script.RunAsync("shellcheck", [Script]);

    [FactWith("bash")]
    public async Task The_first_node_without_data_forms_the_cluster()
    {
        await RunAsync("es-0");

        Assert.Equal("cluster.name: aura\n\ncluster.initial_master_nodes: [es-0]\n", Prepared("elasticsearch.yml"));
        Assert.Equal("bootstrap.password=secret\nazure.client.default.account=account\nazure.client.default.key=key\n", Prepared("elasticsearch.keystore"));
    }

    /// <summary>With a key, even an empty one, Elasticsearch would not look for the pod's identity.</summary>
    [FactWith("bash")]
    public async Task Without_a_key_the_keystore_has_the_account_alone()
    {
        await RunAsync("es-0", key: "");

        Assert.Equal("bootstrap.password=secret\nazure.client.default.account=account\n", Prepared("elasticsearch.keystore"));
    }

    [FactWith("bash")]
    public async Task Another_node_never_does()
    {
        await RunAsync("es-1");

        Assert.Equal("cluster.name: aura\n", Prepared("elasticsearch.yml"));
    }

    [FactWith("bash")]
    public async Task The_first_node_with_data_does_not_again()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "data", "_state"));

        await RunAsync("es-0");

        Assert.Equal("cluster.name: aura\n", Prepared("elasticsearch.yml"));
    }

    [FactWith("bash")]
    public async Task An_empty_file_system_is_no_data()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "data", "lost+found"));

        await RunAsync("es-0");

        Assert.Contains("initial_master_nodes", Prepared("elasticsearch.yml"), StringComparison.Ordinal);
    }

    [FactWith("bash")]
    public async Task The_first_node_that_lost_its_volume_joins_the_cluster_that_is_there()
    {
        AnswerWith(HttpStatusCode.OK);

        await RunAsync("es-0");

        Assert.Equal("cluster.name: aura\n", Prepared("elasticsearch.yml"));
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Every other node answers with this, as far as curl's exit code tells.</summary>
    private void AnswerWith(HttpStatusCode status) => WriteProgram("path/curl", $"cat > /dev/null < /dev/null; exit {(status == HttpStatusCode.OK ? 0 : 22)}");

    private void WriteProgram(string name, string script)
    {
        var file = Path.Combine(_directory.Path, name);
        File.WriteAllText(file, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Prepared(string file) => File.ReadAllText(Path.Combine(_directory.Path, "prepared", file));

    private Task RunAsync(string pod, string key = "key") => Harness.Script.RunAsync(
        "bash",
        ["-c", "cd \"$1\" && exec bash \"$2\"", "run", _directory.Path, Script],
        new Dictionary<string, string>
        {
            ["PATH"] = $"{Path.Combine(_directory.Path, "path")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["POD_NAME"] = pod,
            ["HEADLESS_SERVICE"] = "es-headless",
            ["PEERS"] = "3",
            ["ELASTIC_PASSWORD"] = "secret",
            ["AZURE_STORAGE_ACCOUNT"] = "account",
            ["AZURE_STORAGE_KEY"] = key,
            ["DATA_DIRECTORY"] = Path.Combine(_directory.Path, "data"),
            ["CONFIG_FILE"] = Path.Combine(_directory.Path, "base.yml"),
            ["PREPARED_DIRECTORY"] = Path.Combine(_directory.Path, "prepared"),
            ["CA_FILE"] = Path.Combine(_directory.Path, "ca.crt"),
        });
}
