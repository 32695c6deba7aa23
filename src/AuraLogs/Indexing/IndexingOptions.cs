using AuraLogs.Configuration;

namespace AuraLogs.Indexing;

/// <summary>The way from the queue to the index: <c>AuraLogs:Indexing</c>.</summary>
internal sealed class IndexingOptions
{
    /// <summary>The first part of every index name, before <c>-yyyy.MM.dd</c>. Default: <c>aura-services</c>.</summary>
    public string IndexPrefix { get; set; } = "aura-services";

    internal void Validate(ConfigurationErrors errors) =>
        errors.Require(IndexPrefix.Length > 0, "AuraLogs:Indexing:IndexPrefix", "must not be empty");
}
