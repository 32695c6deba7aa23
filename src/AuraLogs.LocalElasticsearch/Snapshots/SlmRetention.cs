using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Snapshots;

/// <summary>
/// Which of a policy's snapshots go: those beyond <c>max_count</c>, then those older than <c>expire_after</c> while more than
/// <c>min_count</c> stay.
/// </summary>
internal static class SlmRetention
{
    /// <param name="oldestFirst">The policy's snapshots.</param>
    /// <param name="retention">Its <c>retention</c>.</param>
    /// <param name="now">What ages are measured against.</param>
    public static List<JsonObject> Expired(IReadOnlyList<JsonObject> oldestFirst, JsonObject retention, DateTimeOffset now)
    {
        int least = retention["min_count"]?.GetValue<int>() ?? 0;
        int most = retention["max_count"]?.GetValue<int>() ?? int.MaxValue;
        TimeSpan? age = Json.Scalar(retention["expire_after"]) is { } text ? TimeValue.Parse(text, "expire_after") : null;

        // What failed does not count for the successful ones' numbers, and goes by its age alone.
        List<JsonObject> good = [.. oldestFirst.Where(info => Json.Scalar(info["state"]) == "SUCCESS")];
        List<JsonObject> expired = [.. good.Take(Math.Max(0, good.Count - most))];
        foreach (JsonObject info in oldestFirst)
        {
            bool isOld = age is { } limit && now - DateTimeOffset.FromUnixTimeMilliseconds(info["start_time_in_millis"]!.GetValue<long>()) > limit;
            bool isGood = good.Contains(info);
            bool isSpare = !isGood || good.Count - expired.Count(good.Contains) > least;
            if (isOld && isSpare && !expired.Contains(info))
                expired.Add(info);
        }

        return expired;
    }
}
