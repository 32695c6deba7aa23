namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>What a bulk item, or a document API, wants done.</summary>
internal enum WriteAction
{
    Index,
    Create,
    Update,
    Delete,
}
