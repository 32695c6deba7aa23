using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>What a search found, before documents are read.</summary>
internal sealed class SearchResult
{
    /// <summary>The first hits, in order.</summary>
    public required List<Hit> Hits { get; init; }

    /// <summary>How many documents match.</summary>
    public required int Total { get; init; }

    public required int Indices { get; init; }

    /// <summary>How many of the indices were searched without a failure.</summary>
    public required int Successful { get; init; }

    public required List<(LocalIndex Index, ElasticsearchException Error)> Failures { get; init; }

    public required bool HasScores { get; init; }

    /// <summary>Whether <c>terminate_after</c> left documents out.</summary>
    public required bool IsCutShort { get; init; }

    public required JsonObject Aggregations { get; init; }
}
