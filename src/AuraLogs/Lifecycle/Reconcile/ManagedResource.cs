using System.Text.Json.Nodes;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>One thing in Elasticsearch that AuraLogs looks after: where it is, what it should be, and how what is there compares.</summary>
internal abstract class ManagedResource(string name, JsonObject desired)
{
    public string Name => name;

    public JsonObject Desired => desired;

    /// <summary>What it is, for a person, as in <c>ILM policy</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Where GET reads it and PUT writes it.</summary>
    public abstract string Path { get; }

    /// <summary>The privilege that reading and writing it takes, as the sentence about a missing one names it.</summary>
    public abstract string Privilege { get; }

    /// <summary>The resource in the answer to GET; null when the answer has none.</summary>
    public abstract JsonObject? Extract(JsonObject answer);

    /// <summary>The body of PUT.</summary>
    public virtual JsonObject Body(JsonObject? actual) => desired;

    public IReadOnlyList<FieldDifference> Compare(JsonObject actual)
    {
        var actualFields = new Fields(actual);
        var desiredFields = new Fields(desired);
        Normalise(actualFields);
        Normalise(desiredFields);
        return Differences(actualFields, desiredFields);
    }

    /// <summary>
    /// Whether somebody else made it: it can carry our mark, does not, and differs in more than the mark. (What is equal but for
    /// the mark was ours before the cluster's version kept one.)
    /// </summary>
    public bool IsForeign(JsonObject actual, IReadOnlyList<FieldDifference> differences) =>
        MarkPath is { } path
        && new Fields(actual)[path] != LifecycleNames.Owner
        && differences.Any(difference => difference.Field != path);

    /// <summary>Where the mark is; null where there is no place for one, and the name decides.</summary>
    protected virtual string? MarkPath => new Fields(desired)[MetaManagedBy] is null ? null : MetaManagedBy;

    /// <summary>Brings both sides to one form, without what Elasticsearch adds.</summary>
    protected virtual void Normalise(Fields fields)
    {
    }

    protected virtual IReadOnlyList<FieldDifference> Differences(Fields actual, Fields desired) => actual.DifferencesTo(desired);

    private const string MetaManagedBy = "_meta.managed_by";
}
