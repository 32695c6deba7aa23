using System.Text.Json.Nodes;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

/// <summary>What Elasticsearch answers to GET after our PUT, in the forms that its versions have, is no difference.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void A_policy_read_back_is_equal()
    {
        var policy = State("8.15.3").Policy(Deletion.AfterSnapshot);
        Assert.Empty(Compare(policy, """
            {"aura-services":{"version":1,"modified_date":"2026-11-22T08:24:59.472Z","policy":{"phases":{
              "hot":{"min_age":"0ms","actions":{}},
              "delete":{"min_age":"8d","actions":{"delete":{"delete_searchable_snapshot":true},"wait_for_snapshot":{"policy":"aura-services-daily"}}}},
              "_meta":{"managed_by":"auralogs"}},"in_use_by":{"indices":[],"data_streams":[],"composable_templates":[]}}}
            """));
    }

    [Fact]
    public void A_policy_without_its_delete_action_differs()
    {
        var policy = State("7.6.0").Policy(Deletion.AfterSnapshot);
        var difference = Assert.Single(Compare(policy, """
            {"aura-services":{"policy":{"phases":{"hot":{"min_age":"0ms","actions":{}},
              "delete":{"min_age":"8d","actions":{"wait_for_snapshot":{"policy":"aura-services-daily"}}}}}}}
            """));
        Assert.Equal(new FieldDifference("phases.delete.actions.delete", null, "{}"), difference);
    }

    [Fact]
    public void A_legacy_template_read_back_is_equal() =>
        Assert.Empty(Compare(State("7.6.0").Template(), """
            {"aura-services":{"order":500,"index_patterns":["aura-services-*"],"settings":{"index":{"lifecycle":{"name":"aura-services",
              "parse_origination_date":"true"},"refresh_interval":"5s","number_of_shards":"1","number_of_replicas":"0",
              "mapping":{"ignore_malformed":"true","total_fields":{"limit":"2000"}}}},
              "mappings":{"_meta":{"managed_by":"auralogs"},"properties":{"@timestamp":{"type":"date"},
                "conflict":{"type":"flattened","ignore_above":1024},"conflict_fields":{"type":"keyword","ignore_above":1024},"kubernetes":{"properties":{
                "labels":{"type":"flattened","ignore_above":1024},"annotations":{"ignore_above":1024,"type":"flattened"}}}}},"aliases":{}}}
            """));

    [Fact]
    public void A_composable_template_read_back_is_equal() =>
        Assert.Empty(Compare(State("9.1.0").Template(), """
            {"index_templates":[{"name":"aura-services","index_template":{"index_patterns":["aura-services-*"],"template":{
              "settings":{"index":{"lifecycle":{"name":"aura-services","parse_origination_date":"true"},"refresh_interval":"5s",
                "number_of_shards":"1","number_of_replicas":"0",
                "mapping":{"ignore_malformed":"true","total_fields":{"limit":"2000","ignore_dynamic_beyond_limit":"true"}}}},
              "mappings":{"properties":{"@timestamp":{"type":"date"},
                "conflict":{"type":"flattened","ignore_above":1024},"conflict_fields":{"type":"keyword","ignore_above":1024},"kubernetes":{"properties":{
                "labels":{"type":"flattened","ignore_above":1024},"annotations":{"ignore_above":1024,"type":"flattened"}}}}}},
              "composed_of":[],"priority":500,"_meta":{"managed_by":"auralogs"},"created_date_millis":1,"modified_date_millis":1}}]}
            """));

    [Fact]
    public void A_snapshot_policy_read_back_is_equal() =>
        Assert.Empty(Compare(State("7.6.0").SnapshotPolicy()!, """
            {"aura-services-daily":{"version":1,"modified_date_millis":1795336397302,"policy":{"name":"<aura-services-{now/d}>",
              "schedule":"0 30 1 * * ?","repository":"auralogs","config":{"indices":["aura-services-*"],"ignore_unavailable":false,
              "include_global_state":false,"metadata":{"managed_by":"auralogs"}},
              "retention":{"expire_after":"365d","min_count":7,"max_count":548}},"next_execution_millis":1795397400000,
              "stats":{"policy":"aura-services-daily","snapshots_taken":0}}}
            """));

    [Fact]
    public void A_repository_keeps_the_settings_that_the_configuration_does_not_name()
    {
        var repository = State("7.6.0").Repository()!;
        var actual = repository.Extract(Json("""
            {"auralogs":{"type":"fs","uuid":"x","settings":{"location":"elsewhere","max_restore_bytes_per_sec":"40mb"}}}
            """))!;
        Assert.Equal(["settings.location"], repository.Compare(actual).Select(difference => difference.Field));
        Assert.True(JsonNode.DeepEquals(
            Json("""{"type":"fs","settings":{"location":"auralogs","max_restore_bytes_per_sec":"40mb"}}"""), repository.Body(actual)));
    }

    [Fact]
    public void What_is_equal_but_for_the_mark_is_ours_because_older_versions_keep_none()
    {
        var policy = State("7.14.0").Policy(Deletion.AfterSnapshot);
        var unmarked = policy.Desired.DeepClone().AsObject();
        unmarked.Remove("_meta");
        Assert.False(policy.IsForeign(unmarked, policy.Compare(unmarked)));
    }

    [Fact]
    public void What_differs_and_lacks_the_mark_is_somebody_elses()
    {
        var policy = State("7.14.0").Policy(Deletion.AfterSnapshot);
        var other = Json("""{"phases":{"delete":{"min_age":"30d","actions":{"delete":{}}}}}""");
        Assert.True(policy.IsForeign(other, policy.Compare(other)));
        Assert.False(State("7.6.0").Policy(Deletion.AfterSnapshot).IsForeign(other, policy.Compare(other)));
    }

    private static IReadOnlyList<FieldDifference> Compare(ManagedResource resource, string answer) =>
        resource.Compare(resource.Extract(Json(answer))!);

    private static JsonObject Json(string json) => JsonNode.Parse(json)!.AsObject();

    private static DesiredState State(string version) =>
        new(new LifecycleOptions(), new LifecycleNames("aura-services", "aura-dead-letters"), new ClusterFeatures(Version.Parse(version)), local: true);
}
