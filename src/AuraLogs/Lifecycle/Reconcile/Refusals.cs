using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Desired;

namespace AuraLogs.Lifecycle.Reconcile;

/// <summary>Turns a refusal into a sentence that says what to do about it.</summary>
internal static class Refusals
{
    public static string Explain(ManagedResource resource, ClusterRefusedException refusal, ClusterFeatures features) => refusal.Status switch
    {
        401 => "Elasticsearch doesn't know these credentials: check AuraLogs:Elasticsearch.",
        _ when refusal.IsBlock =>
            $"A block on the cluster keeps the {resource.Kind} {resource.Name} from being read or put ({refusal.Reason.TrimEnd(';')}): end the block.",
        403 when refusal.Type == "security_exception" =>
            $"The user may not manage the {resource.Kind} {resource.Name}: give it {resource.Privilege}.",
        _ when resource is SlmPolicy && refusal.Reason.Contains("no such repository", StringComparison.Ordinal) =>
            $"The snapshot repository {(string?)resource.Desired["repository"]} is not registered: set AuraLogs:Lifecycle:Repository:Type and its "
            + "settings, register it by hand, or turn AuraLogs:Lifecycle:Snapshots off.",
        _ when resource is Repository => ExplainRepository(resource, refusal, features),
        _ => $"Elasticsearch refuses the {resource.Kind} {resource.Name}: {refusal.Reason} (HTTP {refusal.Status}).",
    };

    /// <summary>
    /// The texts are matched loosely, because they are all that there is: the status is always 500, the type one of three.
    /// </summary>
    private static string ExplainRepository(ManagedResource repository, ClusterRefusedException refusal, ClusterFeatures features)
    {
        var type = (string?)repository.Desired["type"] ?? "";
        var client = (string?)repository.Desired["settings"]?["client"] ?? "default";
        return refusal.Reason switch
        {
            var reason when Says(reason, "repository type", "does not exist") =>
                features.CloudRepositories
                    ? $"Elasticsearch has no snapshot repositories of type {type}: install the plugin that brings them on every node."
                    : $"Elasticsearch {features.Version} has no snapshot repositories of type {type}: "
                        + $"run 'elasticsearch-plugin install repository-{type}' on every node and restart it.",
            var reason when Says(reason, "client", "name") => MissingClient(type, client),
            var reason when Says(reason, "path.repo") =>
                $"The location of the snapshot repository {repository.Name} is not allowed: add it to path.repo in elasticsearch.yml of every node.",
            var reason when Says(reason, "not accessible") || refusal.Type == "repository_verification_exception" =>
                $"The snapshot repository {repository.Name} can't be written by every node: {reason}. "
                + "Check that the container exists and that the account's key in the keystore may write to it.",
            var reason => $"Elasticsearch refuses the snapshot repository {repository.Name}: {reason} (HTTP {refusal.Status}).",
        };
    }

    private static string MissingClient(string type, string client)
    {
        var settings = type switch
        {
            "azure" => $"azure.client.{client}.account and azure.client.{client}.key (or .sas_token)",
            "s3" => $"s3.client.{client}.access_key and s3.client.{client}.secret_key",
            "gcs" => $"gcs.client.{client}.credentials_file",
            _ => $"those of the client {client}",
        };
        return $"Elasticsearch has no {type} account called {client}: add {settings} to the keystore of every node "
            + "(elasticsearch-keystore add) and reload it (POST _nodes/reload_secure_settings).";
    }

    private static bool Says(string reason, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (!reason.Contains(word, StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }
}
