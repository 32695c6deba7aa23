namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// What a version of Elasticsearch can do, as far as it decides what is put. The oldest supported one is 7.4, which brought SLM.
/// </summary>
/// <param name="Version">The cluster's version, or the oldest one where it is not known.</param>
internal sealed record ClusterFeatures(Version Version)
{
    public static readonly Version Oldest = new(7, 4);

    /// <summary>Where <c>GET /</c> is refused: what every version takes, and nothing that is there is changed.</summary>
    public static readonly ClusterFeatures Unknown = new(Oldest) { IsKnown = false };

    /// <summary>Whether the cluster has said its version.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>The version for people.</summary>
    public string Name => IsKnown ? Version.ToString() : "of an unknown version";

    public bool IsSupported => Version >= Oldest;

    /// <summary><c>index.lifecycle.parse_origination_date</c>: age counts from the day in the index's name.</summary>
    public bool OriginationDate => Version >= new Version(7, 5);

    /// <summary>SLM deletes snapshots that have expired (elastic/elasticsearch#46407).</summary>
    public bool SnapshotExpiry => Version >= new Version(7, 5);

    /// <summary>ILM's delete phase can wait for SLM (elastic/elasticsearch#50454).</summary>
    public bool WaitForSnapshot => Version >= new Version(7, 6);

    /// <summary><c>_index_template</c> instead of <c>_template</c>.</summary>
    public bool ComposableTemplates => Version >= new Version(7, 8);

    /// <summary>An ILM policy keeps a <c>_meta</c> (elastic/elasticsearch#73515).</summary>
    public bool PolicyMeta => Version >= new Version(7, 14);

    /// <summary>The field type <c>match_only_text</c> (elastic/elasticsearch#66172).</summary>
    public bool MatchOnlyText => Version >= new Version(7, 14);

    /// <summary>An ILM policy that waits for an SLM policy is refused when there is none (elastic/elasticsearch#78468).</summary>
    public bool PolicyNeedsSnapshotPolicy => Version >= new Version(7, 16);

    /// <summary><c>azure</c>, <c>s3</c> and <c>gcs</c> repositories need no plugin.</summary>
    public bool CloudRepositories => Version >= new Version(8, 0);

    /// <summary>Before 8.13 the delete phase waits for a run of the SLM policy, and does not look whether the index is in it.</summary>
    public bool SnapshotChecksIndex => Version >= new Version(8, 13);

    /// <summary><c>index.mapping.total_fields.ignore_dynamic_beyond_limit</c>.</summary>
    public bool IgnoreDynamicBeyondLimit => Version >= new Version(8, 14);

    /// <summary>What this version lacks, each with what is done instead.</summary>
    public IEnumerable<string> Gaps()
    {
        if (!IsKnown)
        {
            yield return "The version of Elasticsearch is not known: only what every version takes is put, and nothing that is there is changed.";
            yield break;
        }

        if (!OriginationDate)
            yield return $"Elasticsearch {Version} counts an index's age from its creation, not from its day (7.5): indices stay a day longer.";
        if (!SnapshotExpiry)
            yield return $"Elasticsearch {Version} does not expire snapshots (7.5): they stay until somebody deletes them.";
        if (!WaitForSnapshot)
        {
            yield return $"Elasticsearch {Version} can't hold a deletion until there is a snapshot (7.6): "
                + "the policy has its delete phase only while the last good snapshot is recent.";
        }

        if (!IgnoreDynamicBeyondLimit)
        {
            yield return $"Elasticsearch {Version} refuses documents that bring more fields than the limit (8.14 stores them): "
                + "they become dead letters.";
        }
    }
}
