using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>An index template as versions before 7.8 have it. Its mappings carry the mark.</summary>
internal sealed class LegacyTemplate(string name, JsonObject template) : ManagedResource(name, template)
{
    public override string Kind => "index template";

    public override string Path => $"/_template/{Name}";

    public override string Privilege => "the cluster privilege manage_index_templates";

    public override JsonObject? Extract(JsonObject answer) => answer[Name] as JsonObject;

    protected override string MarkPath => "mappings._meta.managed_by";

    protected override void Normalise(Fields fields)
    {
        fields.Drop((path, text) => path == "aliases" && text == "{}");
        fields.PutIndexFirst("settings.");
    }
}
