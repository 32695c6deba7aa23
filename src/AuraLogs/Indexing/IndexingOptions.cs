using AuraLogs.Configuration;
using AuraLogs.Indexing.Documents;

namespace AuraLogs.Indexing;

/// <summary>The way from the queue to the index: <c>AuraLogs:Indexing</c>.</summary>
internal sealed class IndexingOptions
{
    private const string Section = "AuraLogs:Indexing:";

    /// <summary>
    /// The first part of every index name, before <c>-yyyy.MM.dd</c>. Default: <c>aura-services</c>. Range: what Elasticsearch
    /// takes as a name: lowercase letters, digits and <c>. _ - +</c>, beginning with a letter or digit; 1 to 200 characters.
    /// </summary>
    public string IndexPrefix { get; set; } = "aura-services";

    /// <summary>
    /// What document ids are made from. Default: <c>Auto</c>: a chunk is known by its tag and chunk id, so that it is indexed once however
    /// often it is sent and stored, unless its chunk id is a hash of its content and the times in it are of whole seconds (of whole
    /// milliseconds, where each event is a chunk): such a chunk is known by its place in the queue, so that equal lines are all kept.
    /// <c>Chunk</c> trusts chunk ids always, and loses what is equal; <c>Queue</c> never does, and indexes again what is stored again.
    /// </summary>
    public DocumentIdSource DocumentIds { get; set; } = DocumentIdSource.Auto;

    /// <summary>
    /// The most bytes of a request's body before compression. Default: 4 MiB. Range: 64 KiB to 64 MiB. A single document that
    /// is larger is sent alone. It has to stay below Elasticsearch's <c>http.max_content_length</c> (100 MB); where a proxy
    /// takes less, requests become smaller by themselves.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 4 << 20;

    /// <summary>The most documents of a request. Default: 10,000. Range: 1 to 100,000.</summary>
    public int MaxRequestDocuments { get; set; } = 10_000;

    /// <summary>
    /// The most requests in flight at once; how many there really are adapts to what the cluster takes. Default: 8. Range: 1 to 256.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 8;

    /// <summary>
    /// The most bytes of request bodies in memory, in flight or waiting to be sent again. Default: 64 MiB, less where <c>AuraLogs:MaxMemory</c> is small.
    /// Range: from twice <see cref="MaxRequestBytes"/> to 16 GiB. Only a single document larger than a request goes beyond it.
    /// </summary>
    public long MaxInFlightBytes { get; set; } = 64 << 20;

    /// <summary>
    /// How long a request that is not full waits for more events while others are in flight; when none is, it goes out at once.
    /// Default: 50 milliseconds. Range: 0 to 10 seconds.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The first wait before something is sent again; it doubles, with jitter, up to <see cref="MaxRetryDelay"/>.
    /// Default: 200 milliseconds. Range: 1 millisecond to 1 minute.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The longest wait before something is sent again. Default: 5 seconds, so that a cluster that came back is used at once.
    /// Range: from <see cref="RetryDelay"/> to 10 minutes.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The wait before something is sent again that somebody has to repair first: a blocked or closed index, missing rights, wrong
    /// credentials. Default: 10 seconds. Range: 1 millisecond to 10 minutes.
    /// </summary>
    public TimeSpan SlowRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After how long a document that is refused again and again, with 429, 500 or the like, is taken to be at fault itself, and becomes
    /// a dead letter. It happens only while the cluster takes others: the time counts from where at least ten times as many
    /// documents were taken as were refused, and there must be 20 refusals in it. Trouble of the whole cluster, a blocked index, a
    /// missing shard or missing rights never make dead letters, however long they last. Default: 30 minutes. Range: 1 second to 365 days.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Whether a document that an index refuses for one of its fields (another type, too deep, one too many, an impossible name) is
    /// indexed with that field moved, as JSON text, to the flattened field <c>conflict</c>. Default: true; false makes it a dead letter.
    /// </summary>
    public bool HealConflicts { get; set; } = true;

    /// <summary>
    /// The ingest pipeline that documents go through (<c>pipeline</c> of the bulk request). Default: empty, the index's own
    /// (<c>index.default_pipeline</c>). It must leave index and id alone: what it sends elsewhere is indexed again when a chunk is sent
    /// again, and what it drops counts as indexed.
    /// </summary>
    public string Pipeline { get; set; } = "";

    /// <summary>
    /// How long Elasticsearch waits for a missing primary shard or a new index before it refuses the documents for it (<c>timeout</c> of the
    /// bulk request); the others of the request wait as long. Default: 30 seconds, half of Elasticsearch's own. Range: 1 second to 10 minutes.
    /// </summary>
    public TimeSpan PrimaryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long requests in flight may take to end when the process stops; what is not answered then is sent again after the
    /// next start. Default: 4 seconds. Range: 0 to 1 minute.
    /// </summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The directory for dead letters that the cluster does not take. Default: <c>data/dead-letters</c>. Created when needed.
    /// </summary>
    public string DeadLetterPath { get; set; } = "data/dead-letters";

    /// <summary>
    /// The most bytes of dead letters on disk; when there is no room for one, indexing waits. Default: 64 MiB. Range: 32 MiB, which has
    /// room for the largest letter (an event of 4 MiB, each byte of which takes seven as JSON in JSON at most), to 1 TiB.
    /// </summary>
    public long DeadLetterMaxBytes { get; set; } = 64 << 20;

    /// <summary>How often dead letters on disk are offered to the cluster again. Default: 1 minute. Range: 1 second to 1 day.</summary>
    public TimeSpan DeadLetterRetryInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal void Validate(ConfigurationErrors errors)
    {
        errors.Require(
            IndexPrefix.Length is >= 1 and <= 200 && char.IsAsciiLetterOrDigit(IndexPrefix[0]) && IndexPrefix.All(IsNameCharacter),
            Section + nameof(IndexPrefix),
            "must have 1 to 200 of lowercase letters, digits and . _ - +, and begin with a letter or digit");
        Range(errors, nameof(MaxRequestBytes), MaxRequestBytes, 64 << 10, 64 << 20);
        Range(errors, nameof(MaxRequestDocuments), MaxRequestDocuments, 1, 100_000);
        Range(errors, nameof(MaxConcurrentRequests), MaxConcurrentRequests, 1, 256);
        Range(errors, nameof(MaxInFlightBytes), MaxInFlightBytes, 2L * MaxRequestBytes, 16L << 30);
        Range(errors, nameof(Linger), Linger, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Range(errors, nameof(RetryDelay), RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Range(errors, nameof(MaxRetryDelay), MaxRetryDelay, RetryDelay, TimeSpan.FromMinutes(10));
        Range(errors, nameof(SlowRetryDelay), SlowRetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Range(errors, nameof(GiveUpAfter), GiveUpAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        Range(errors, nameof(PrimaryTimeout), PrimaryTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(errors, nameof(StopTimeout), StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        errors.Require(DeadLetterPath.Length > 0, Section + nameof(DeadLetterPath), "must name a directory");
        Range(errors, nameof(DeadLetterMaxBytes), DeadLetterMaxBytes, 32 << 20, 1L << 40);
        Range(errors, nameof(DeadLetterRetryInterval), DeadLetterRetryInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    }

    private static bool IsNameCharacter(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-' or '+';

    private static void Range<T>(ConfigurationErrors errors, string name, T value, T least, T most)
        where T : IComparable<T> =>
        errors.Require(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, Section + name, $"must be between {least} and {most}");
}
