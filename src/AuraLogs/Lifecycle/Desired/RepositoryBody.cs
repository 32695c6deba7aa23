using System.Text.Json.Nodes;

namespace AuraLogs.Lifecycle.Desired;

/// <summary>
/// The snapshot repository
/// (https://www.elastic.co/guide/en/elasticsearch/reference/current/put-snapshot-repo-api.html).
/// </summary>
internal static class RepositoryBody
{
    public static JsonObject Create(RepositoryOptions options)
    {
        var settings = new JsonObject();
        Add(settings, "client", options.Client);
        Add(settings, "container", options.Container);
        Add(settings, "base_path", options.BasePath);
        foreach (var (key, value) in options.Settings)
            Add(settings, key, value);
        return new JsonObject { ["type"] = options.Type, ["settings"] = settings };
    }

    private static void Add(JsonObject settings, string key, string value)
    {
        if (value.Length > 0)
            settings[key] = value;
    }
}
