namespace AuraLogs.LocalElasticsearch.Documents;

/// <summary>One item of a bulk request, or one document request.</summary>
internal sealed class WriteOperation
{
    public required WriteAction Action { get; init; }

    public required string? Index { get; init; }

    public required string? Id { get; init; }

    /// <summary>The type that the request named; only before 8.0.</summary>
    public string? Type { get; init; }

    public ReadOnlyMemory<byte> Source { get; set; }

    public long? IfSeqNo { get; init; }

    public long? IfPrimaryTerm { get; init; }

    public long? Version { get; init; }

    public bool IsVersionExternal { get; init; }

    public string? Pipeline { get; init; }

    public bool RequiresAlias { get; init; }
}
