namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>Sees a term and some of its documents; neither outlives the call.</summary>
internal delegate void PostingsVisitor(ReadOnlySpan<byte> term, PostingsBlock docs);
