using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>
/// Gives indices of ours that have no policy the one that they would have had: those that another aggregator wrote before.
/// Without it nobody deletes them.
/// </summary>
internal sealed partial class IndexAdoption(ClusterApi cluster, LifecycleNames names, ILogger<IndexAdoption> logger)
{
    /// <returns>The indices that have the policy now.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(ClusterFeatures features, CancellationToken cancellationToken)
    {
        var answer = await cluster.GetAsync($"/{names.IndexPattern}/_ilm/explain", cancellationToken);
        if (answer?["indices"] is not JsonObject indices)
            return [];
        List<string> adopted = [];
        foreach (var (index, explain) in indices)
        {
            if (explain.At("managed").Flag() == true || IndexDay.Parse(index) is not { } day)
                continue;
            var settings = new JsonObject { ["index.lifecycle.name"] = names.Policy };
            if (features.OriginationDate)
            {
                settings["index.lifecycle.origination_date"] =
                    new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
            }

            if (await TryPutAsync(index, settings, cancellationToken))
                adopted.Add(index);
        }

        return adopted;
    }

    /// <summary>One that can't be changed does not keep the others from it.</summary>
    private async Task<bool> TryPutAsync(string index, JsonObject settings, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.PutAsync($"/{index}/_settings", settings, cancellationToken);
            LogAdopted(index, names.Policy);
            return true;
        }
        catch (ClusterRefusedException e)
        {
            LogRefused(index, names.Policy, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The index {index} could not be given the ILM policy {policy}: {reason}")]
    private partial void LogRefused(string index, string policy, string reason);

    [LoggerMessage(LogLevel.Information, "Gave the index {index} the ILM policy {policy}")]
    private partial void LogAdopted(string index, string policy);
}
