using System.Globalization;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Indexing.Sending;

/// <summary>Where bulk requests go, with what the cluster's version takes; while that is not known, with what every version takes.</summary>
internal sealed class BulkPath(ElasticsearchClient client, IndexingOptions options)
{
    /// <summary>
    /// What is asked for: 26 bytes for an item that went well. Without the items (as <c>items.*.error</c> alone) an answer would be
    /// shorter still, but a failure would no longer say which item it is about.
    /// </summary>
    private const string Filter =
        "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by,items.*.failure_store";

    /// <summary><c>include_source_on_error</c>: an error about broken JSON does not quote the document (8.18).</summary>
    private static readonly Version SourceOnError = new(8, 18);

    public string ForDocuments => options.Pipeline.Length > 0 ? $"{Common}&pipeline={Uri.EscapeDataString(options.Pipeline)}" : Common;

    /// <summary>A pipeline is for documents as they came, not for letters about them.</summary>
    public string ForDeadLetters => Common;

    private string Common
    {
        get
        {
            var seconds = ((long)options.PrimaryTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return client.ClusterVersion >= SourceOnError
                ? $"{Filter}&timeout={seconds}s&include_source_on_error=false"
                : $"{Filter}&timeout={seconds}s";
        }
    }
}
