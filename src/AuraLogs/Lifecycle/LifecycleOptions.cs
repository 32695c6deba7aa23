using AuraLogs.Configuration;
using AuraLogs.LocalElasticsearch.Snapshots;

namespace AuraLogs.Lifecycle;

/// <summary>Retention, snapshots and the templates of the indices: <c>AuraLogs:Lifecycle</c>.</summary>
internal sealed class LifecycleOptions
{
    /// <summary>Whether AuraLogs manages the templates, ILM, the repository and SLM. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// How many days every event stays in its index at least. Default: 7. Range: 1 to 3650. An index holds one day, and its age
    /// counts from the start of that day, so ILM deletes it at this plus one.
    /// </summary>
    public int RetentionDays { get; set; } = 7;

    /// <summary>How many days a dead letter stays in its index at least. Default: 30. Range: 1 to 3650.</summary>
    public int DeadLetterRetentionDays { get; set; } = 30;

    /// <summary>How many days a snapshot is kept. Default: 365. Range: 1 to 36500.</summary>
    public int SnapshotRetentionDays { get; set; } = 365;

    /// <summary>
    /// Whether indices are snapshotted and deleted only after that. Default: true. False leaves the repository and SLM alone,
    /// and indices are deleted by age without a copy.
    /// </summary>
    public bool Snapshots { get; set; } = true;

    /// <summary>When snapshots are taken: Elasticsearch's cron expression, in UTC. Default: <c>0 30 1 * * ?</c>, each day at 01:30.</summary>
    public string SnapshotSchedule { get; set; } = "0 30 1 * * ?";

    /// <summary>How many snapshots are kept even when they have expired. Default: 7. Range: 1 to 100000.</summary>
    public int SnapshotMinCount { get; set; } = 7;

    /// <summary>
    /// How many snapshots are kept at most; the oldest go first, expired or not. Default: empty, which is
    /// <see cref="SnapshotRetentionDays"/> and a half more, so that those taken by hand push none out early.
    /// Range: more than <see cref="SnapshotRetentionDays"/>, to 100000.
    /// </summary>
    public int? SnapshotMaxCount { get; set; }

    /// <summary>
    /// How old the last good snapshot may be before health says so. Default: 1.12:00:00 (36 hours, for daily snapshots).
    /// Range: an hour to a year.
    /// </summary>
    public TimeSpan SnapshotOverdueAfter { get; set; } = TimeSpan.FromHours(36);

    /// <summary>
    /// How many days an index is written to; after one more it is merged to one segment and becomes read-only. Events that come
    /// later than that are indexed into the oldest index that can still be written. Default: empty, never read-only.
    /// Range: 1 to <see cref="RetentionDays"/> less one.
    /// </summary>
    public int? WarmAfterDays { get; set; }

    /// <summary>Primary shards of each index. Default: 1. Range: 1 to 1024.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>Copies of each shard. Default: empty, which is 1, and 0 in the local Elasticsearch. Range: 0 to 20.</summary>
    public int? Replicas { get; set; }

    /// <summary>How soon events can be searched (<c>index.refresh_interval</c>). Default: 00:00:05. Range: 00:00:01 to 00:10:00.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many fields an index may have. Default: 2000. Range: 100 to 100000. From Elasticsearch 8.14 fields beyond it are stored
    /// but can't be searched; before, documents that bring them become dead letters.
    /// </summary>
    public int FieldLimit { get; set; } = 2000;

    /// <summary>
    /// How indices map what they hold: <c>compatible</c>, as Fluent Bit's indices do, or <c>lean</c>, for less disk and less work.
    /// A change concerns indices that are made after it. Default: compatible; the chart says lean where it installs Elasticsearch.
    /// </summary>
    public IndexMapping Mapping { get; set; }

    /// <summary>
    /// A JSON file whose <c>settings</c> and <c>mappings</c> replace those of the built-in index template; the lifecycle settings
    /// are added to it. Default: empty, the built-in one.
    /// </summary>
    public string IndexTemplateFile { get; set; } = "";

    /// <summary>Where the snapshots go.</summary>
    public RepositoryOptions Repository { get; set; } = new();

    /// <summary>How often what is there is compared with what should be. Default: 00:05:00. Range: 00:00:10 to 1.00:00:00.</summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long indexing waits for the index templates when Elasticsearch answers and refuses them; after that it goes on without. While Elasticsearch does not answer, there is nothing to wait for. Default: 00:10:00. Range: 0 to 1.00:00:00.
    /// </summary>
    public TimeSpan HoldIndexing { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether resources with our names that somebody else made are replaced, and indices of ours without a policy get it.
    /// Default: false; then health names them.
    /// </summary>
    public bool TakeOver { get; set; }

    /// <summary>For how many days, its own included, an index takes events: later ones go into the oldest that still does.</summary>
    internal int WritableDays => WarmAfterDays ?? RetentionDays;

    /// <summary>
    /// For how many days an index of dead letters is kept: they lie in the index of their documents' day, which may be the first
    /// of <see cref="WritableDays"/> when they come.
    /// </summary>
    internal int DeadLetterIndexDays => DeadLetterRetentionDays + WritableDays - 1;

    /// <summary>The number of snapshots kept at most, with the default worked out.</summary>
    internal int EffectiveSnapshotMaxCount => SnapshotMaxCount ?? SnapshotRetentionDays + (SnapshotRetentionDays / 2) + 1;

    internal void Validate(ConfigurationErrors errors)
    {
        const string Section = "AuraLogs:Lifecycle:";
        errors.Require(RetentionDays is >= 1 and <= 3650, Section + nameof(RetentionDays), "must be between 1 and 3650");
        errors.Require(DeadLetterRetentionDays is >= 1 and <= 3650, Section + nameof(DeadLetterRetentionDays), "must be between 1 and 3650");
        errors.Require(SnapshotRetentionDays is >= 1 and <= 36500, Section + nameof(SnapshotRetentionDays), "must be between 1 and 36500");
        errors.Require(
            CronSchedule.TryParse(SnapshotSchedule, out var schedule) && schedule.After(DateTimeOffset.UtcNow) is not null, Section + nameof(SnapshotSchedule),
            "must be a cron expression of Elasticsearch, with seconds first and one of the two days a ?, whose time comes, as in 0 30 1 * * ?");
        errors.Require(SnapshotMinCount is >= 1 and <= 100_000, Section + nameof(SnapshotMinCount), "must be between 1 and 100000");
        errors.Require(
            SnapshotMaxCount is null || (SnapshotMaxCount > SnapshotRetentionDays && SnapshotMaxCount <= 100_000),
            Section + nameof(SnapshotMaxCount),
            $"must be more than SnapshotRetentionDays ({SnapshotRetentionDays}), or snapshots would go before they expire, and at most 100000");
        errors.Require(
            SnapshotMinCount <= EffectiveSnapshotMaxCount, Section + nameof(SnapshotMinCount),
            $"must be at most SnapshotMaxCount ({EffectiveSnapshotMaxCount})");
        errors.Require(
            SnapshotOverdueAfter >= TimeSpan.FromHours(1) && SnapshotOverdueAfter <= TimeSpan.FromDays(366),
            Section + nameof(SnapshotOverdueAfter), "must be between an hour and a year");
        errors.Require(
            WarmAfterDays is null || (WarmAfterDays >= 1 && WarmAfterDays < RetentionDays), Section + nameof(WarmAfterDays),
            $"must be between 1 and one less than RetentionDays ({RetentionDays})");
        errors.Require(Shards is >= 1 and <= 1024, Section + nameof(Shards), "must be between 1 and 1024");
        errors.Require(Replicas is null or (>= 0 and <= 20), Section + nameof(Replicas), "must be between 0 and 20");
        errors.Require(
            RefreshInterval >= TimeSpan.FromSeconds(1) && RefreshInterval <= TimeSpan.FromMinutes(10), Section + nameof(RefreshInterval),
            "must be between 00:00:01 and 00:10:00");
        errors.Require(FieldLimit is >= 100 and <= 100_000, Section + nameof(FieldLimit), "must be between 100 and 100000");
        errors.Require(
            ReconcileInterval >= TimeSpan.FromSeconds(10) && ReconcileInterval <= TimeSpan.FromDays(1),
            Section + nameof(ReconcileInterval), "must be between 00:00:10 and 1.00:00:00");
        errors.Require(
            HoldIndexing >= TimeSpan.Zero && HoldIndexing <= TimeSpan.FromDays(1), Section + nameof(HoldIndexing),
            "must be between 0 and 1.00:00:00");
        ValidateTemplateFile(errors, Section + nameof(IndexTemplateFile));
        Repository.Validate(errors);
    }

    private void ValidateTemplateFile(ConfigurationErrors errors, string key)
    {
        if (IndexTemplateFile.Length == 0)
            return;
        try
        {
            Desired.IndexTemplateFile.Read(IndexTemplateFile);
        }
        catch (InvalidDataException e)
        {
            errors.Add(key, $"names a file that can't be used, {IndexTemplateFile}: {e.Message}");
        }
    }
}
