using AuraLogs.Configuration;

namespace AuraLogs.Lifecycle;

/// <summary>
/// Where the snapshots go: <c>AuraLogs:Lifecycle:Repository</c>. The account and its key are never here: they live in
/// Elasticsearch's keystore.
/// </summary>
internal sealed class RepositoryOptions
{
    /// <summary>The repository's name in Elasticsearch. Default: <c>auralogs</c>. Lowercase letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string Name { get; set; } = "auralogs";

    /// <summary>
    /// <c>azure</c>, <c>fs</c>, <c>s3</c>, <c>gcs</c> or any other that the cluster knows. Default: empty, which is a repository that
    /// somebody else has registered under <see cref="Name"/>; in the local Elasticsearch, a directory beside its data.
    /// </summary>
    public string Type { get; set; } = "";

    /// <summary>
    /// azure, s3 and gcs: which account of the keystore (<c>azure.client.CLIENT.account</c>) is used. Default: empty,
    /// Elasticsearch's own <c>default</c>.
    /// </summary>
    public string Client { get; set; } = "";

    /// <summary>azure: the blob container, which must exist. Default: empty. Required for azure.</summary>
    public string Container { get; set; } = "";

    /// <summary>azure, s3 and gcs: the path in the container or bucket. Default: empty, its root.</summary>
    public string BasePath { get; set; } = "";

    /// <summary>Any other setting of the repository type, passed on as it is: <c>location</c>, <c>bucket</c>, <c>compress</c>.</summary>
    public Dictionary<string, string> Settings { get; set; } = [];

    internal void Validate(ConfigurationErrors errors)
    {
        const string Section = "AuraLogs:Lifecycle:Repository:";
        errors.Require(
            Name.Length > 0 && Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'),
            Section + nameof(Name), "must have lowercase letters, digits, - and _ only");
        errors.Require(
            Type != "azure" || Container.Length > 0 || Settings.ContainsKey("container"),
            Section + nameof(Container), "must name the blob container");
        errors.Require(
            Type != "fs" || Settings.ContainsKey("location"), Section + "Settings:location",
            "must name a directory that every Elasticsearch node shares and has in path.repo");
        errors.Require(
            Type is not ("s3" or "gcs") || Settings.ContainsKey("bucket"), Section + "Settings:bucket", "must name the bucket");
        foreach (var secret in Settings.Keys.Where(key => key is "account" or "key" or "sas_token" or "access_key" or "secret_key"))
            errors.Add($"{Section}Settings:{secret}", "does not belong here: Elasticsearch reads it from its keystore only");
        errors.Require(
            Type.Length > 0 || (Client.Length == 0 && Container.Length == 0 && BasePath.Length == 0 && Settings.Count == 0),
            Section + nameof(Type), "must be given with the repository's settings");
    }
}
