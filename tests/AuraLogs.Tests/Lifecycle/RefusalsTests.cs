using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>The texts of the refusals are those of real clusters.</summary>
public sealed class RefusalsTests
{
    private static readonly ClusterFeatures Seven = new(new Version(7, 17, 0));
    private static readonly ClusterFeatures Eight = new(new Version(8, 15, 3));

    [Fact]
    public void A_missing_privilege_is_named() =>
        Assert.Equal(
            "The user may not manage the ILM policy aura-services: give it the cluster privilege manage_ilm.",
            Explain(new IlmPolicy("aura-services", []), 403, "security_exception", "action [cluster:admin/ilm/put] is unauthorized for user [aura]"));

    [Fact]
    public void A_block_is_no_missing_privilege() =>
        Assert.Contains(
            "blocked by: [FORBIDDEN/6/cluster read-only (api)]",
            Explain(new IlmPolicy("aura-services", []), 403, "cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("azure", "azure.client.archive.account and azure.client.archive.key (or .sas_token)")]
    [InlineData("s3", "s3.client.archive.access_key and s3.client.archive.secret_key")]
    [InlineData("gcs", "gcs.client.archive.credentials_file")]
    public void A_missing_account_names_the_keystore_settings(string type, string settings) =>
        Assert.Contains(
            settings,
            Explain(
                Repository(type), 500, "repository_verification_exception",
                "[auralogs] path  is not accessible on master node: Unable to find client with name [archive]"),
            StringComparison.Ordinal);

    [Fact]
    public void A_missing_plugin_is_named_where_the_version_needs_one() =>
        Assert.Contains(
            "elasticsearch-plugin install repository-azure",
            Explain(Repository("azure"), 500, "repository_exception", "[auralogs] repository type [azure] does not exist", Seven),
            StringComparison.Ordinal);

    [Fact]
    public void A_location_that_is_not_allowed_names_path_repo() =>
        Assert.Contains(
            "add it to path.repo",
            Explain(
                Repository("fs"), 500, "repository_exception",
                "[auralogs] failed to create repository: [auralogs] location [/x] doesn't match any of the locations specified by path.repo"),
            StringComparison.Ordinal);

    [Fact]
    public void A_repository_that_can_not_be_written_says_what_to_check() =>
        Assert.Contains(
            "Check that the container exists",
            Explain(Repository("azure"), 500, "repository_verification_exception", "[auralogs] path [logs] is not accessible on master node"),
            StringComparison.Ordinal);

    [Fact]
    public void A_snapshot_policy_without_its_repository_names_the_setting() =>
        Assert.Contains(
            "set AuraLogs:Lifecycle:Repository:Type",
            Explain(
                new SlmPolicy("aura-services-daily", new() { ["repository"] = "auralogs" }), 400, "illegal_argument_exception", "no such repository [auralogs]"),
            StringComparison.Ordinal);

    private static Repository Repository(string type) =>
        new("auralogs", new() { ["type"] = type, ["settings"] = new System.Text.Json.Nodes.JsonObject { ["client"] = "archive" } });

    private static string Explain(ManagedResource resource, int status, string type, string reason, ClusterFeatures? features = null) =>
        Refusals.Explain(resource, new ClusterRefusedException(status, type, reason), features ?? Eight);
}
