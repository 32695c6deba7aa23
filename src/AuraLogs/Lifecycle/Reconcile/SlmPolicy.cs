using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>A snapshot lifecycle policy. It has no <c>_meta</c>; the metadata of its snapshots carries the mark.</summary>
internal sealed class SlmPolicy(string name, JsonObject policy) : ManagedResource(name, policy)
{
    public override string Kind => "SLM policy";

    public override string Path => $"/_slm/policy/{Name}";

    public override string Privilege => "the cluster privilege manage_slm, and create_snapshot on the indices";

    public override JsonObject? Extract(JsonObject answer) => answer.At(Name).At("policy") as JsonObject;

    protected override string MarkPath => "config.metadata.managed_by";
}
