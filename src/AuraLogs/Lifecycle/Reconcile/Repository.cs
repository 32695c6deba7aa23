using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>
/// A snapshot repository. The name decides whose it is. Settings that the configuration does not name stay as they are: how fast
/// a repository may be read is the operator's business.
/// </summary>
internal sealed class Repository(string name, JsonObject repository) : ManagedResource(name, repository)
{
    public override string Kind => "snapshot repository";

    public override string Path => $"/_snapshot/{Name}";

    public override string Privilege => "the cluster privilege manage (a repository can't be registered with less)";

    public override JsonObject? Extract(JsonObject answer) => answer[Name] as JsonObject;

    public override JsonObject Body(JsonObject? actual)
    {
        var body = Desired.DeepClone().AsObject();
        if (actual?["settings"] is not JsonObject settings || actual.At("type").Text() != (string?)Desired["type"])
            return body;
        var desired = body["settings"]!.AsObject();
        foreach (var (key, value) in settings)
            desired.TryAdd(key, value?.DeepClone());
        return body;
    }

    protected override IReadOnlyList<FieldDifference> Differences(Fields actual, Fields desired) =>
        actual.DifferencesTo(desired, onlyDesired: true);
}
