using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.LocalElasticsearch;
using AuraLogs.Operations;
using AuraLogs.Queue;

namespace AuraLogs.Configuration;

/// <summary>Everything under <c>AuraLogs</c> in the configuration, one property a section.</summary>
internal sealed class AuraLogsOptions
{
    public ForwardOptions Forward { get; set; } = new();

    public QueueOptions Queue { get; set; } = new();

    public IndexingOptions Indexing { get; set; } = new();

    public ElasticsearchOptions Elasticsearch { get; set; } = new();

    public LocalElasticsearchOptions LocalElasticsearch { get; set; } = new();

    public LifecycleOptions Lifecycle { get; set; } = new();

    public KibanaOptions Kibana { get; set; } = new();

    public OperationsOptions Operations { get; set; } = new();

    /// <summary>Adds every mistake in any section to <paramref name="errors"/>.</summary>
    public void Validate(ConfigurationErrors errors)
    {
        Forward.Validate(errors);
        Queue.Validate(errors);
        Indexing.Validate(errors);
        Elasticsearch.Validate(errors);
        LocalElasticsearch.Validate(errors);
        Lifecycle.Validate(errors);
        Kibana.Validate(errors);
        Operations.Validate(errors);
        RequireADirectoryOfItsOwn(errors);
    }

    /// <summary>The queue sets files aside that are not its own.</summary>
    private void RequireADirectoryOfItsOwn(ConfigurationErrors errors)
    {
        foreach (var (key, path) in new[]
        {
            ("AuraLogs:Indexing:DeadLetterPath", Indexing.DeadLetterPath),
            ("AuraLogs:LocalElasticsearch:Path", LocalElasticsearch.Path),
        })
        {
            errors.Require(
                path.Length == 0 || Queue.Path.Length == 0 || Path.GetFullPath(path) != Path.GetFullPath(Queue.Path),
                key,
                "must be another directory than AuraLogs:Queue:Path");
        }
    }
}
