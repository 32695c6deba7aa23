using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>Compares one resource with what it should be and, when told to, puts it if it differs, and reads back what was kept.</summary>
internal sealed class ResourceReconciler(ClusterApi cluster)
{
    /// <summary>What differed right after our own PUT, by path: Elasticsearch keeps it that way, so it is not put again.</summary>
    private readonly Dictionary<string, IReadOnlyList<FieldDifference>> _kept = new(StringComparer.Ordinal);

    /// <returns>What was found and done. A refusal is part of it, and no exception.</returns>
    public async Task<ResourceReport> RunAsync(
        ManagedResource resource, ClusterFeatures features, bool apply, bool takeOver, CancellationToken cancellationToken)
    {
        var found = new ResourceReport(resource.Kind, resource.Name, ResourceState.Failed) { Exists = null };
        try
        {
            (var actual, found) = await ExamineAsync(resource, cancellationToken);
            return apply && found.NeedsChange(takeOver) && (features.IsKnown || found.State == ResourceState.Missing) ? await PutAsync(resource, actual, found, cancellationToken) : found;
        }
        catch (ClusterRefusedException e)
        {
            return found with { State = ResourceState.Failed, Sentence = Refusals.Explain(resource, e, features) };
        }
    }

    private async Task<(JsonObject? Actual, ResourceReport Report)> ExamineAsync(ManagedResource resource, CancellationToken cancellationToken)
    {
        var report = new ResourceReport(resource.Kind, resource.Name, ResourceState.InPlace);
        var answer = await cluster.GetAsync(resource.Path, cancellationToken);
        if (answer is null || resource.Extract(answer) is not { } actual)
            return (null, report with { State = ResourceState.Missing, Differences = resource.Compare([]), Exists = false });

        var differences = resource.Compare(actual);
        if (differences.Count == 0)
            return (actual, report);
        if (_kept.TryGetValue(resource.Path, out var kept) && kept.SequenceEqual(differences))
            return (actual, AsKept(resource, differences));
        if (!resource.IsForeign(actual, differences))
            return (actual, report with { State = ResourceState.Different, Differences = differences });
        return (actual, report with
        {
            State = ResourceState.Foreign,
            Differences = differences,
            Sentence = $"The {resource.Kind} {resource.Name} was not made by AuraLogs, which does not touch it. "
                + "Rename it, or set AuraLogs:Lifecycle:TakeOver to true to replace it.",
        });
    }

    private async Task<ResourceReport> PutAsync(
        ManagedResource resource, JsonObject? actual, ResourceReport found, CancellationToken cancellationToken)
    {
        await cluster.PutAsync(resource.Path, resource.Body(actual), cancellationToken);
        _kept.Remove(resource.Path);
        var (_, after) = await ExamineAsync(resource, cancellationToken);
        if (after.State == ResourceState.Different)
        {
            _kept[resource.Path] = after.Differences;
            after = AsKept(resource, after.Differences);
        }

        return after with
        {
            Change = found.State == ResourceState.Missing ? ResourceChange.Created : ResourceChange.Repaired,
            Differences = after.State == ResourceState.InPlace ? found.Differences : after.Differences,
        };
    }

    /// <summary>Additions of Elasticsearch's own are fine; what it changed or left out is not, and worth a sentence.</summary>
    private static ResourceReport AsKept(ManagedResource resource, IReadOnlyList<FieldDifference> differences)
    {
        var lost = differences.Where(difference => difference.Desired is not null).Select(difference => difference.Field).ToList();
        var report = new ResourceReport(resource.Kind, resource.Name, ResourceState.InPlace);
        return lost.Count == 0 ? report : report with
        {
            State = ResourceState.NotKept,
            Differences = differences,
            Sentence = $"Elasticsearch took the {resource.Kind} {resource.Name} and does not keep {string.Join(", ", lost)} as it was put.",
        };
    }
}
