using System.Text.Json.Nodes;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

public sealed class DesiredStateTests
{
    private static readonly LifecycleNames Names = new("aura-services", "aura-dead-letters");

    [Theory]
    [InlineData("7.4.2", "9d")]
    [InlineData("7.5.0", "8d")]
    [InlineData("9.1.0", "8d")]
    public void An_index_is_deleted_when_its_youngest_event_is_past_the_retention(string version, string minAge) =>
        Assert.Equal(minAge, (string?)Policy(version)["phases"]!["delete"]!["min_age"]);

    [Theory]
    [InlineData("7.6.0", "aura-services-daily")]
    [InlineData("8.15.3", "aura-services-daily")]
    public void The_delete_phase_waits_for_the_snapshot_policy(string version, string policy) =>
        Assert.Equal(policy, (string?)Policy(version)["phases"]!["delete"]!["actions"]!["wait_for_snapshot"]!["policy"]);

    [Fact]
    public void A_policy_whose_deletions_are_held_has_no_delete_phase() =>
        Assert.Null(Policy("7.5.0", deletion: Deletion.Held)["phases"]!["delete"]);

    [Fact]
    public void Without_snapshots_the_delete_phase_waits_for_nothing()
    {
        var actions = Policy("8.15.3", deletion: Deletion.ByAge)["phases"]!["delete"]!["actions"]!.AsObject();
        Assert.Equal(["delete"], actions.Select(action => action.Key));
    }

    [Fact]
    public void An_index_becomes_read_only_a_day_after_the_last_late_event_is_let_in()
    {
        var warm = Policy("7.6.0", new LifecycleOptions { RetentionDays = 30, WarmAfterDays = 3 })["phases"]!["warm"]!;
        Assert.Equal("4d", (string?)warm["min_age"]);
        Assert.Equal(["forcemerge", "readonly"], warm["actions"]!.AsObject().Select(action => action.Key));
    }

    [Theory]
    [InlineData("7.13.4", false)]
    [InlineData("7.14.0", true)]
    public void A_policy_is_marked_as_ours_where_the_version_keeps_the_mark(string version, bool marked) =>
        Assert.Equal(marked, Policy(version)["_meta"] is not null);

    [Theory]
    [InlineData("7.7.1", typeof(LegacyTemplate))]
    [InlineData("7.8.0", typeof(ComposableTemplate))]
    public void The_template_is_composable_where_the_version_has_that(string version, Type type) =>
        Assert.IsType(type, State(version).Template());

    [Theory]
    [InlineData("7.4.2", false, false)]
    [InlineData("7.6.0", true, false)]
    [InlineData("8.14.0", true, true)]
    public void A_template_has_only_settings_that_the_version_knows(string version, bool originationDate, bool beyondLimit)
    {
        var template = State(version).Template();
        var fields = new Fields(template.Desired);
        var settings = template is ComposableTemplate ? "template.settings." : "settings.";
        Assert.Equal("aura-services", fields[settings + "index.lifecycle.name"]);
        Assert.Equal(originationDate, fields[settings + "index.lifecycle.parse_origination_date"] == "true");
        Assert.Equal(beyondLimit, fields[settings + "index.mapping.total_fields.ignore_dynamic_beyond_limit"] == "true");
    }

    [Fact]
    public void Labels_and_annotations_are_one_field_each()
    {
        var fields = new Fields(State("8.15.3").Template().Desired);
        Assert.Equal("flattened", fields["template.mappings.properties.kubernetes.properties.labels.type"]);
        Assert.Equal("flattened", fields["template.mappings.properties.kubernetes.properties.annotations.type"]);
    }

    [Fact]
    public void A_compatible_mapping_leaves_strings_to_Elasticsearch()
    {
        var fields = new Fields(State("8.15.3").Template().Desired);
        Assert.Null(fields["template.settings.index.codec"]);
        Assert.Null(fields["template.mappings.properties.log.type"]);
        Assert.Null(State("8.15.3").Template().Desired["template"]!["mappings"]!["dynamic_templates"]);
    }

    [Theory]
    [InlineData("7.7.1", "", "text", "false")]
    [InlineData("7.13.4", "template.", "text", "false")]
    [InlineData("7.14.0", "template.", "match_only_text", null)]
    [InlineData("9.1.0", "template.", "match_only_text", null)]
    public void A_lean_mapping_indexes_each_string_once_and_messages_as_words(string version, string template, string type, string? norms)
    {
        var fields = new Fields(State(version, new LifecycleOptions { Mapping = IndexMapping.Lean }).Template().Desired);
        Assert.Equal("best_compression", fields[template + "settings.index.codec"]);
        foreach (var message in (string[])["log", "message", "msg", "stack_trace"])
        {
            Assert.Equal(type, fields[$"{template}mappings.properties.{message}.type"]);
            Assert.Equal(norms, fields[$"{template}mappings.properties.{message}.norms"]);
        }

        Assert.Equal("keyword", fields[template + "mappings.dynamic_templates.4.strings.mapping.type"]);
        Assert.Equal("flattened", fields[template + "mappings.properties.kubernetes.properties.labels.type"]);
    }

    [Fact]
    public void What_dashboards_count_by_keeps_its_keyword_in_a_lean_mapping()
    {
        var fields = new Fields(State("8.19.0", new LifecycleOptions { Mapping = IndexMapping.Lean }).Template().Desired);
        foreach (var field in (string[])["stream", "kubernetes.properties.namespace_name", "kubernetes.properties.pod_name"])
            Assert.Equal("keyword", fields[$"template.mappings.properties.{field}.fields.keyword.type"]);
    }

    [Fact]
    public void A_dead_letters_document_is_stored_and_not_parsed()
    {
        var fields = new Fields(State("8.15.3").DeadLetterTemplate().Desired);
        Assert.Equal("false", fields["template.mappings.dynamic"]);
        Assert.Equal("false", fields["template.mappings.properties.document.index"]);
        Assert.Equal("false", fields["template.mappings.properties.document.doc_values"]);
    }

    [Theory]
    [InlineData("7.4.2", false)]
    [InlineData("7.5.0", true)]
    public void Snapshots_expire_where_the_version_does_that(string version, bool expire) =>
        Assert.Equal(expire ? "365d" : null, (string?)State(version).SnapshotPolicy()!.Desired["retention"]?["expire_after"]);

    [Fact]
    public void More_snapshots_are_kept_than_a_year_of_days_so_that_none_goes_before_it_expires() =>
        Assert.True((int)State("7.6.0").SnapshotPolicy()!.Desired["retention"]!["max_count"]! > 365 + 7);

    [Fact]
    public void A_template_file_replaces_settings_and_mappings_but_not_the_lifecycle()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """
                {
                  // An operator's own.
                  "settings": { "number_of_shards": 3, "index": { "lifecycle": { "name": "other" }, "codec": "best_compression" } },
                  "mappings": { "dynamic": false },
                }
                """);
            var fields = new Fields(State("8.15.3", new LifecycleOptions { IndexTemplateFile = file }).Template().Desired);
            Assert.Equal("3", fields["template.settings.index.number_of_shards"]);
            Assert.Equal("best_compression", fields["template.settings.index.codec"]);
            Assert.Equal("aura-services", fields["template.settings.index.lifecycle.name"]);
            Assert.Equal("false", fields["template.mappings.dynamic"]);
            Assert.Null(fields["template.mappings.properties.@timestamp.type"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void An_azure_repository_has_no_secrets_in_its_settings()
    {
        var options = new LifecycleOptions
        {
            Repository = { Type = "azure", Client = "archive", Container = "logs", BasePath = "aura", Settings = { ["compress"] = "true" } },
        };
        var repository = State("8.15.3", options, local: false).Repository()!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"type":"azure","settings":{"client":"archive","container":"logs","base_path":"aura","compress":"true"}}"""),
            repository.Desired));
    }

    [Fact]
    public void A_repository_that_somebody_else_registers_is_not_managed() => Assert.Null(State("8.15.3", local: false).Repository());

    [Fact]
    public void Without_snapshots_neither_repository_nor_snapshot_policy_is_managed()
    {
        var state = State("8.15.3", new LifecycleOptions { Snapshots = false });
        Assert.Null(state.Repository());
        Assert.Null(state.SnapshotPolicy());
    }

    private static JsonObject Policy(string version, LifecycleOptions? options = null, Deletion deletion = Deletion.AfterSnapshot) =>
        State(version, options).Policy(deletion).Desired;

    private static DesiredState State(string version, LifecycleOptions? options = null, bool local = true) =>
        new(options ?? new LifecycleOptions(), Names, new ClusterFeatures(Version.Parse(version)), local);
}
