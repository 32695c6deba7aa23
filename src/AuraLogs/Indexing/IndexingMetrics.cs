using System.Diagnostics.Metrics;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Indexing.Judging;
using AuraLogs.Indexing.Sending;
using AuraLogs.Telemetry;

namespace AuraLogs.Indexing;

/// <summary>What goes out to the index, and what the cluster says to it.</summary>
internal sealed class IndexingMetrics
{
    public const string ItemsTotalName = "auralogs_indexing_items_total";
    public const string BulkRequestsTotalName = "auralogs_indexing_bulk_requests_total";
    public const string BulkSecondsName = "auralogs_indexing_bulk_seconds";
    public const string BulkBytesTotalName = "auralogs_indexing_bulk_bytes_total";
    public const string DeadLettersTotalName = "auralogs_dead_letters_total";
    public const string InFlightRequestsName = "auralogs_indexing_in_flight_requests";
    public const string InFlightBytesName = "auralogs_indexing_in_flight_bytes";
    public const string ConcurrencyLimitName = "auralogs_indexing_concurrency_limit";

    private readonly Counter<long> _items;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _deadLetters;

    public IndexingMetrics(AuraLogsMeter meter, ConcurrencyLimit limit, BulkRequests requests)
    {
        _items = meter.CreateCounter<long>(ItemsTotalName, "{document}", "Elasticsearch's answers for single documents.");
        _requests = meter.CreateCounter<long>(
            BulkRequestsTotalName, "{request}", "Bulk requests answered, or failed without an answer.");
        _seconds = meter.CreateSecondsHistogram(BulkSecondsName, "How long a bulk request took.");
        _bytes = meter.CreateCounter<long>(
            BulkBytesTotalName, "By", "Bytes of the bulk requests' bodies before compression.");
        _retries = meter.CreateCounter<long>("auralogs_indexing_retries_total", "{document}", "Documents that were sent again.");
        _deadLetters = meter.CreateCounter<long>(DeadLettersTotalName, "{document}", "Documents that became dead letters.");
        meter.CreateObservableGauge(
            InFlightRequestsName, () => limit.Taken, "{request}", "Bulk requests without an answer yet.");
        meter.CreateObservableGauge(
            InFlightBytesName, () => requests.UsedBytes, "By", "Memory of the bodies of bulk requests: being filled, sent, or waiting to be sent again.");
        meter.CreateObservableGauge(
            ConcurrencyLimitName, () => limit.Current, "{request}", "How many bulk requests may be in flight now; it adapts.");
    }

    public void RequestAnswered(int status, TimeSpan elapsed, int bytes) => Request(status.ToString(System.Globalization.CultureInfo.InvariantCulture), elapsed, bytes);

    public void RequestFailed(TimeSpan elapsed, int bytes) => Request("none", elapsed, bytes);

    /// <summary>Dead letters that are stored count as that, not as indexed.</summary>
    public void Judged(ReadOnlySpan<Verdict> verdicts, bool areDeadLetters)
    {
        if (areDeadLetters)
            return;
        Add(_items, verdicts.Count(Verdict.Indexed), "verdict", "indexed");
        Add(_items, verdicts.Count(Verdict.Duplicate), "verdict", "duplicate");
        Add(_items, verdicts.Count(Verdict.Retry) + verdicts.Count(Verdict.RetrySlowly) + verdicts.Count(Verdict.Redirected), "verdict", "retry");
        Add(_items, verdicts.Count(Verdict.Conflict), "verdict", "conflict");
        Add(_items, verdicts.Count(Verdict.DeadLetter) + verdicts.Count(Verdict.FailureStore), "verdict", "dead_letter");
        Add(_deadLetters, verdicts.Count(Verdict.FailureStore), "reason", "failure_store");
    }

    /// <param name="errors">Of the items that were not indexed.</param>
    /// <param name="verdicts">Of all items.</param>
    public void SentAgain(IReadOnlyList<(int Item, ElasticsearchError Error)> errors, Verdict[] verdicts)
    {
        foreach (var reason in errors.Where(error => verdicts[error.Item] is Verdict.Retry or Verdict.RetrySlowly).CountBy(error => error.Error.Type))
            Add(_retries, reason.Value, "reason", reason.Key);
    }

    public void Buried(IReadOnlyList<(int Item, ElasticsearchError Error)> items)
    {
        foreach (var reason in items.CountBy(item => item.Error.Type))
            Add(_deadLetters, reason.Value, "reason", reason.Key);
    }

    private void Request(string status, TimeSpan elapsed, int bytes)
    {
        Add(_requests, 1, "status", status);
        _seconds.Record(elapsed.TotalSeconds);
        _bytes.Add(bytes);
    }

    private static void Add(Counter<long> counter, long count, string label, string value)
    {
        if (count > 0)
            counter.Add(count, new KeyValuePair<string, object?>(label, value));
    }
}
