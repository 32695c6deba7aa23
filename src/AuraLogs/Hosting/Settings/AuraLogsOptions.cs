using AuraLogs.Configuration;
using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Hosting.Start;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.LocalElasticsearch;
using AuraLogs.Operations;
using AuraLogs.Queue;

namespace AuraLogs.Hosting.Settings;

/// <summary>Everything under <c>AuraLogs</c> in the configuration, one property a section.</summary>
internal sealed class AuraLogsOptions
{
    /// <summary>
    /// The most memory for all that is large, in bytes: messages that arrive, unpacking, the queue's pages, request bodies, answers. The runtime
    /// needs about 110 MiB beside it. Default: 0, which means what the container (or machine) has less those, 512 MiB at most. Where it is small
    /// the defaults of the limits that it has to hold become smaller; what is configured must fit. Range: 0, or from 80 MiB.
    /// </summary>
    public long MaxMemory { get; set; }

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
        errors.Require(MaxMemory == 0 || MaxMemory >= MemoryPlan.Least, "AuraLogs:MaxMemory", $"must be 0 (follow the container) or at least {MemoryPlan.Least}");
        Forward.Validate(errors);
        Queue.Validate(errors);
        Indexing.Validate(errors);
        Elasticsearch.Validate(errors);
        LocalElasticsearch.Validate(errors);
        Lifecycle.Validate(errors);
        Kibana.Validate(errors);
        Operations.Validate(errors);
        RequireADirectoryOfItsOwn(errors);
        RequireAPortOfItsOwn(errors);
    }

    /// <summary>Two listeners can't share a port of one address, and every address is each of them. 0 is any free one.</summary>
    private void RequireAPortOfItsOwn(ConfigurationErrors errors)
    {
        List<(string Key, string Address, int Port)> listeners = [("AuraLogs:Operations:Port", Operations.Address, Operations.Port)];
        if (Forward.PlainText)
            listeners.Add(("AuraLogs:Forward:Port", Forward.Address, Forward.Port));
        if (Forward.Tls.Enabled)
            listeners.Add(("AuraLogs:Forward:Tls:Port", Forward.Address, Forward.Tls.Port));
        if (Elasticsearch.IsLocal)
            listeners.Add(("AuraLogs:LocalElasticsearch:Port", LocalElasticsearch.Address, LocalElasticsearch.Port));
        for (var i = 0; i < listeners.Count; i++)
        {
            foreach (var other in listeners.Skip(i + 1).Where(other => other.Port != 0 && other.Port == listeners[i].Port))
            {
                errors.Require(
                    other.Address != listeners[i].Address && !IsEvery(other.Address) && !IsEvery(listeners[i].Address),
                    other.Key, $"must be another port than {listeners[i].Key}: both are {other.Port}");
            }
        }

        static bool IsEvery(string address) => address is "0.0.0.0" or "::";
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
