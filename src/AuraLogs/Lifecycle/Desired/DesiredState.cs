using System.Text.Json.Nodes;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>What should be in the cluster, worked out from the configuration and the cluster's version.</summary>
internal sealed class DesiredState(LifecycleOptions options, LifecycleNames names, ClusterFeatures features, bool local)
{
    /// <summary>Null when snapshots are off, or when somebody else registers the repository.</summary>
    public ManagedResource? Repository()
    {
        if (!options.Snapshots)
            return null;
        if (options.Repository.Type.Length > 0)
            return new Repository(options.Repository.Name, RepositoryBody.Create(options.Repository));
        return local ? new Repository(options.Repository.Name, RepositoryBody.Create(LocalRepository(options.Repository.Name))) : null;
    }

    /// <summary>Null when snapshots are off.</summary>
    public ManagedResource? SnapshotPolicy() =>
        options.Snapshots ? new SlmPolicy(names.SnapshotPolicy, SnapshotPolicyBody.Create(options, names, features)) : null;

    public ManagedResource Policy(Deletion deletion) =>
        new IlmPolicy(names.Policy, PolicyBody.ForEvents(options, names, features, deletion));

    public ManagedResource DeadLetterPolicy() => new IlmPolicy(names.DeadLetterPolicy, PolicyBody.ForDeadLetters(options, features));

    public ManagedResource Template()
    {
        var (settings, mappings) = options.IndexTemplateFile.Length > 0
            ? IndexTemplateFile.Read(options.IndexTemplateFile)
            : (EventTemplate.Settings(options, names, features, Replicas), EventTemplate.Mappings(options, features));
        EventTemplate.AddLifecycle(settings, names.Policy, features);
        return Template(names.Policy, names.IndexPattern, settings, mappings);
    }

    public ManagedResource DeadLetterTemplate() => Template(
        names.DeadLetterPolicy, names.DeadLetterPattern, Desired.DeadLetterTemplate.Settings(names, features, Replicas),
        Desired.DeadLetterTemplate.Mappings());

    private int Replicas => options.Replicas ?? (local ? 0 : 1);

    private ManagedResource Template(string name, string pattern, JsonObject settings, JsonObject mappings) =>
        features.ComposableTemplates
            ? new ComposableTemplate(name, TemplateBody.Composable(pattern, settings, mappings))
            : new LegacyTemplate(name, TemplateBody.Legacy(pattern, settings, mappings));

    /// <summary>The local Elasticsearch resolves a relative location against the directory that it allows.</summary>
    private static RepositoryOptions LocalRepository(string name) => new() { Type = "fs", Settings = { ["location"] = name } };
}
