using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>An index lifecycle policy. Elasticsearch adds <c>min_age: 0ms</c> to phases without one, and from 7.8 a default to <c>delete</c>.</summary>
internal sealed class IlmPolicy(string name, JsonObject policy) : ManagedResource(name, policy)
{
    public override string Kind => "ILM policy";

    public override string Path => $"/_ilm/policy/{Name}";

    public override string Privilege => "the cluster privilege manage_ilm";

    public override JsonObject? Extract(JsonObject answer) => answer.At(Name).At("policy") as JsonObject;

    public override JsonObject Body(JsonObject? actual) => new() { ["policy"] = Desired.DeepClone() };

    protected override void Normalise(Fields fields)
    {
        fields.Drop((path, text) => path.EndsWith(".min_age", StringComparison.Ordinal) && text is "0ms" or "0s" or "0d");
        fields.Empty("phases.delete.actions.delete", "delete_searchable_snapshot", "true");
    }
}
