using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>An index template as 7.8 and later have it.</summary>
internal sealed class ComposableTemplate(string name, JsonObject template) : ManagedResource(name, template)
{
    public override string Kind => "index template";

    public override string Path => $"/_index_template/{Name}";

    public override string Privilege => "the cluster privilege manage_index_templates";

    public override JsonObject? Extract(JsonObject answer) =>
        answer.At("index_templates").Objects().FirstOrDefault(item => item.At("name").Text() == Name).At("index_template") as JsonObject;

    /// <summary>9.x adds when it was created and modified, every version an empty <c>composed_of</c>.</summary>
    protected override void Normalise(Fields fields)
    {
        fields.Drop((path, text) => path is "composed_of" or "template.aliases" && text is "" or "{}");
        fields.Drop((path, _) => path.StartsWith("created_date", StringComparison.Ordinal) || path.StartsWith("modified_date", StringComparison.Ordinal));
        fields.PutIndexFirst("template.settings.");
    }
}
