using AuraLogs.Configuration;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Kibana;

namespace AuraLogs.Tests.Lifecycle;

public sealed class LifecycleOptionsTests
{
    [Fact]
    public void The_defaults_keep_a_week_in_the_index_and_a_year_in_snapshots()
    {
        var options = new LifecycleOptions();
        Assert.Empty(MistakesIn(options));
        Assert.True(options.Enabled && options.Snapshots);
        Assert.Equal((7, 365, 30), (options.RetentionDays, options.SnapshotRetentionDays, options.DeadLetterRetentionDays));
        Assert.Equal(("0 30 1 * * ?", 7, 548), (options.SnapshotSchedule, options.SnapshotMinCount, options.EffectiveSnapshotMaxCount));
        Assert.Equal((1, null, 2000), (options.Shards, options.Replicas, options.FieldLimit));
        Assert.Equal(TimeSpan.FromMinutes(5), options.ReconcileInterval);
        Assert.Equal(TimeSpan.FromMinutes(10), options.HoldIndexing);
        Assert.Equal(TimeSpan.FromHours(36), options.SnapshotOverdueAfter);
        Assert.Equal(TimeSpan.FromSeconds(5), options.RefreshInterval);
        Assert.Equal(7, options.WritableDays);
        Assert.Equal(IndexMapping.Compatible, options.Mapping);
        Assert.False(options.TakeOver);
    }

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var mistakes = MistakesIn(new LifecycleOptions
        {
            RetentionDays = 0,
            DeadLetterRetentionDays = 4000,
            SnapshotSchedule = "daily",
            SnapshotMaxCount = 365,
            WarmAfterDays = 7,
            Replicas = 21,
            FieldLimit = 1,
            IndexTemplateFile = "/nowhere/template.json",
            Repository = { Name = "Not Lowercase", Type = "azure", Settings = { ["key"] = "secret" } },
        });
        Assert.Equal(
            [
                "RetentionDays", "DeadLetterRetentionDays", "SnapshotSchedule", "SnapshotMaxCount", "WarmAfterDays", "Replicas", "FieldLimit",
                "IndexTemplateFile", "Repository:Name", "Repository:Container", "Repository:Settings:key",
            ],
            mistakes.Select(mistake => mistake.Split(' ')[0]["AuraLogs:Lifecycle:".Length..]));
    }

    [Theory]
    [InlineData("99 99 99 99 99 99")]
    [InlineData("30 1 * * ?")]
    [InlineData("0 30 1 * * *")]
    [InlineData("0 30 1 30 FEB ?")]
    public void A_schedule_that_Elasticsearch_refuses_or_that_never_comes_is_refused(string schedule) =>
        Assert.StartsWith(
            "AuraLogs:Lifecycle:SnapshotSchedule must be", Assert.Single(MistakesIn(new LifecycleOptions { SnapshotSchedule = schedule })), StringComparison.Ordinal);

    [Theory]
    [InlineData("0 0 2 ? * MON#1")]
    [InlineData("0 0 2 LW * ?")]
    [InlineData("0 0 */6 * * ?")]
    public void A_schedule_of_any_form_that_Elasticsearch_has_is_taken(string schedule) => Assert.Empty(MistakesIn(new LifecycleOptions { SnapshotSchedule = schedule }));

    [Fact]
    public void A_maximum_that_would_delete_snapshots_before_they_expire_is_refused()
    {
        Assert.Single(MistakesIn(new LifecycleOptions { SnapshotMaxCount = 365 }));
        Assert.Empty(MistakesIn(new LifecycleOptions { SnapshotMaxCount = 366 }));
    }

    [Theory]
    [InlineData("fs", "Repository:Settings:location")]
    [InlineData("s3", "Repository:Settings:bucket")]
    [InlineData("gcs", "Repository:Settings:bucket")]
    [InlineData("azure", "Repository:Container")]
    public void A_repository_type_needs_its_place(string type, string key) =>
        Assert.StartsWith("AuraLogs:Lifecycle:" + key, Assert.Single(MistakesIn(new LifecycleOptions { Repository = { Type = type } })), StringComparison.Ordinal);

    [Fact]
    public void Repository_settings_without_a_type_are_refused() =>
        Assert.StartsWith(
            "AuraLogs:Lifecycle:Repository:Type", Assert.Single(MistakesIn(new LifecycleOptions { Repository = { Container = "logs" } })), StringComparison.Ordinal);

    [Fact]
    public void Late_events_go_no_further_back_than_the_indices_that_can_be_written() =>
        Assert.Equal(3, new LifecycleOptions { RetentionDays = 30, WarmAfterDays = 3 }.WritableDays);

    [Fact]
    public void Kibana_needs_a_url_and_one_kind_of_credentials()
    {
        var errors = new ConfigurationErrors();
        new KibanaOptions { Url = "kibana", Username = "a", ApiKey = "b" }.Validate(errors);
        Assert.Equal(2, errors.Messages.Count);
    }

    private static IReadOnlyList<string> MistakesIn(LifecycleOptions options)
    {
        var errors = new ConfigurationErrors();
        options.Validate(errors);
        return errors.Messages;
    }
}
