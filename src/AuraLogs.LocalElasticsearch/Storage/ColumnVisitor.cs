namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>Sees some of a field's numbers and their documents; the block does not outlive the call.</summary>
internal delegate void ColumnVisitor(ColumnBlock block);
