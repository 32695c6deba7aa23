namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>Which threads carry out an API, as Elasticsearch's thread pools tell them apart.</summary>
internal enum Lane
{
    /// <summary>What is short: settings, templates, lists.</summary>
    Management,

    /// <summary>What writes documents.</summary>
    Write,

    /// <summary>What reads as many documents as the client likes.</summary>
    Search,
}
