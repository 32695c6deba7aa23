using System.Net.Http.Headers;
using AuraLogs.Elasticsearch;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Telemetry;
using Polly;
using Polly.Retry;

namespace AuraLogs.Indexing;

/// <summary>
/// Takes requests to their end: sends one until each of its items has a final verdict, and then forgets it. Only the items
/// that need it are sent again, and as often as it takes.
/// </summary>
internal sealed class BulkDelivery : IDisposable
{
    // After so many connections in a row that broke without an answer, size is the suspect: some proxies close on a large body.
    private const int BrokenBeforeSplit = 4;

    private readonly ElasticsearchClient _client;
    private readonly ElasticsearchOptions _elasticsearch;
    private readonly IndexingOptions _options;
    private readonly BulkRequests _requests;
    private readonly ConcurrencyLimit _limit;
    private readonly RequestSize _size;
    private readonly DeadLetterWriter _deadLetterWriter;
    private readonly DeadLetterFile _deadLetterFile;
    private readonly Troubles _troubles;
    private readonly IndexingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Attempt> _untilDone;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _running;

    public BulkDelivery(
        ElasticsearchClient client,
        ElasticsearchOptions elasticsearch,
        IndexingOptions options,
        BulkRequests requests,
        ConcurrencyLimit limit,
        RequestSize size,
        DeadLetterWriter deadLetterWriter,
        DeadLetterFile deadLetterFile,
        Troubles troubles,
        IndexingMetrics metrics,
        TimeProvider time)
    {
        _client = client;
        _elasticsearch = elasticsearch;
        _options = options;
        _requests = requests;
        _limit = limit;
        _size = size;
        _deadLetterWriter = deadLetterWriter;
        _deadLetterFile = deadLetterFile;
        _troubles = troubles;
        _metrics = metrics;
        _time = time;
        _untilDone = BuildRetry();
    }

    /// <summary>Completes with an exception that nobody expected; the process has to end then.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Begins to deliver a request, whose memory is counted.</summary>
    /// <param name="request">From here on the delivery's.</param>
    /// <param name="place">A place for its first attempt, if there is one already.</param>
    public void Start(BulkRequest request, ConcurrencyLimit.Place? place)
    {
        lock (_lock)
            _running++;
        _ = RunAsync(request, place);
    }

    /// <summary>Ends what waits, lets what is in flight end within the time-out, and then breaks it off.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Task idle;
        lock (_lock)
        {
            if (_running == 0)
                return;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await Task.WhenAny(idle, Task.Delay(_options.StopTimeout, _time));
        await _abort.CancelAsync();
        await idle;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }

    private ResiliencePipeline<Attempt> BuildRetry() =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is Attempt.Again or Attempt.AgainSlowly),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.RetryDelay,
                MaxDelay = _options.MaxRetryDelay,
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result == Attempt.AgainSlowly ? Jittered(_options.SlowRetryDelay) : (TimeSpan?)null),
            })
            .Build();

    /// <summary>From three quarters to five quarters, so that requests that failed together don't come back together.</summary>
    private static TimeSpan Jittered(TimeSpan delay) => delay * (0.75 + (Random.Shared.NextDouble() / 2));

    private async Task RunAsync(BulkRequest request, ConcurrencyLimit.Place? place)
    {
        var delivery = new Delivery(request, place);
        using var trace = AuraLogsTraces.Source.StartActivity("bulk delivery");
        trace?.SetTag("auralogs.documents", request.Count).SetTag("auralogs.bytes", request.Body.Position);
        try
        {
            // The caller goes on composing.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var end = await _untilDone.ExecuteAsync(
                static async (state, cancellationToken) => await state.Self.AttemptAsync(state.Delivery, cancellationToken),
                (Self: this, Delivery: delivery),
                _stop.Token);
            if (end == Attempt.Split)
                Split(delivery.Request);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What it holds is still in the queue, and is sent again after the next start.
        }
        catch (Exception e)
        {
            _failed.TrySetResult(e);
        }
        finally
        {
            _troubles.Clear(delivery);
            _requests.Return(delivery.Request);
            End();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_running == 0)
                _idle?.TrySetResult();
        }
    }

    private async ValueTask<Attempt> AttemptAsync(Delivery delivery, CancellationToken stop)
    {
        // 1. Wait for a place among the requests in flight.
        var place = delivery.FirstPlace ?? await _limit.TakeAsync(stop);
        delivery.FirstPlace = null;
        var request = delivery.Request;

        // 2. Send.
        ElasticsearchResponse response;
        var begin = _time.GetTimestamp();
        try
        {
            using var content = Content(request);
            response = await _client.SendAsync(HttpMethod.Post, BulkResponse.Path, content, _abort.Token);
        }
        catch (ElasticsearchUnavailableException e)
        {
            _metrics.RequestFailed(_time.GetElapsedTime(begin), request.Body.Position);
            _limit.Overloaded(place);
            return NoAnswer(delivery, e);
        }
        catch
        {
            _limit.Leave(place);
            throw;
        }

        using (response)
        {
            _metrics.RequestAnswered(response.Status, _time.GetElapsedTime(begin), request.Body.Position);

            // 3. Judge the request as a whole.
            if (response.Status != 200)
                return await RefusedAsync(delivery, place, response);
            var answer = new BulkResponse();
            if (!answer.TryRead(response.Body.Span, request.Count))
            {
                _limit.Overloaded(place);
                _troubles.Set(delivery, "elasticsearch-answers-broken", "What answers at AuraLogs:Elasticsearch:Urls does not answer as Elasticsearch does: its bulk answers can't be read or are incomplete.");
                return Attempt.Again;
            }

            // 4. Judge each item.
            delivery.BrokenInARow = 0;
            LeaveAfter(place, answer, request);
            return await JudgedAsync(delivery, answer, stop);
        }
    }

    private HttpContent Content(BulkRequest request)
    {
        var body = request.Body.Bytes.AsMemory(0, request.Body.Position);
        HttpContent content = _elasticsearch.Gzip ? new GzipContent(body) : new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    private Attempt NoAnswer(Delivery delivery, ElasticsearchUnavailableException e)
    {
        _troubles.Set(delivery, "elasticsearch-unavailable", $"Elasticsearch does not answer ({e.Message}). Logs stay in the queue until it does.");
        if (!e.WasConnected)
            return Attempt.Again;
        _size.TimedOut(delivery.Request.Body.Position);
        return ++delivery.BrokenInARow >= BrokenBeforeSplit && delivery.Request.Count > 1 ? Attempt.Split : Attempt.Again;
    }

    /// <summary>Nothing of the request was carried out.</summary>
    private async ValueTask<Attempt> RefusedAsync(Delivery delivery, ConcurrencyLimit.Place place, ElasticsearchResponse response)
    {
        var error = response.Error;
        switch (response.Status)
        {
            case 413:
                _limit.Leave(place);
                _size.WasTooLarge(delivery.Request.Body.Position);
                if (delivery.Request.Count > 1)
                    return Attempt.Split;
                await BuryAsync(delivery, [(0, new ElasticsearchError("request_entity_too_large", "The document alone is larger than what is taken (HTTP 413)."))]);
                return Attempt.Done;
            case 429:
                _limit.Overloaded(place);
                _troubles.Set(delivery, "elasticsearch-overloaded", $"Elasticsearch is overloaded (HTTP 429 {error.Type}). Logs stay in the queue until it takes them.");
                return Attempt.Again;
            case 401 or 403:
                _limit.Leave(place);
                _troubles.Set(delivery, "elasticsearch-refuses-writes", $"Elasticsearch refuses writes (HTTP {response.Status} {error.Type}): check the credentials, their rights, and blocks on the cluster.");
                return Attempt.AgainSlowly;
            case 408 or >= 500:
                _limit.Overloaded(place);
                _troubles.Set(delivery, "elasticsearch-unavailable", $"Elasticsearch can't work at the moment (HTTP {response.Status} {error.Type}). Logs stay in the queue until it can.");
                return Attempt.Again;
            default:
                _limit.Leave(place);
                _troubles.Set(delivery, "elasticsearch-refuses-requests", $"Elasticsearch, or what stands before it, refuses bulk requests (HTTP {response.Status} {error.Type}).");
                return Attempt.AgainSlowly;
        }
    }

    private void LeaveAfter(ConcurrencyLimit.Place place, BulkResponse answer, BulkRequest request)
    {
        var retries = answer.Verdicts.Count(Verdict.Retry);
        if (retries == 0)
        {
            _limit.WentWell(place, request.Body.Position);
            _size.WentWell();
        }
        else if (retries * 10 >= request.Count)
        {
            _limit.Overloaded(place);
        }
        else
        {
            _limit.Leave(place);
        }
    }

    private async ValueTask<Attempt> JudgedAsync(Delivery delivery, BulkResponse answer, CancellationToken stop)
    {
        var request = delivery.Request;
        var verdicts = answer.Verdicts.ToArray();
        _metrics.Judged(verdicts, request.HoldsDeadLetters);
        request.Report(verdicts);
        if (answer.Errors.Count == 0)
            return Attempt.Done;

        // 1. What is the document's own fault.
        if (request.HoldsDeadLetters)
            await FileAsync(request, verdicts, stop);
        else
            await BuryAsync(delivery, [.. answer.Errors.Where(error => verdicts[error.Item] == Verdict.DeadLetter)]);

        // 2. What is to be sent again goes on alone, and the memory of the rest is free.
        var again = verdicts.AsSpan().Count(Verdict.Retry) + (request.HoldsDeadLetters ? 0 : verdicts.AsSpan().Count(Verdict.RetrySlowly));
        if (again == 0)
            return Attempt.Done;
        _metrics.SentAgain(answer.Errors, verdicts);
        var left = request.Copy(0, request.Count, i => verdicts[i] == Verdict.Retry || (verdicts[i] == Verdict.RetrySlowly && !request.HoldsDeadLetters));
        _requests.Add(left);
        delivery.Request = left;
        _requests.Return(request);
        return Explain(delivery, answer, verdicts);
    }

    private Attempt Explain(Delivery delivery, BulkResponse answer, Verdict[] verdicts)
    {
        foreach (var (item, error) in answer.Errors)
        {
            if (verdicts[item] != Verdict.RetrySlowly || delivery.Request.HoldsDeadLetters)
                continue;
            _troubles.Set(delivery, "index-refuses-documents", $"An index takes no documents ({error.Type}). They wait, and hold up the queue's space, until it does.");
            return verdicts.AsSpan().Contains(Verdict.Retry) ? Attempt.Again : Attempt.AgainSlowly;
        }

        _troubles.Set(delivery, "index-overloaded", $"Elasticsearch can't take all documents at the moment ({answer.Errors[0].Error.Type}). The others go on.");
        return Attempt.Again;
    }

    /// <summary>Sends the items as dead letters; they are reported when they are stored.</summary>
    private async ValueTask BuryAsync(Delivery delivery, IReadOnlyList<(int Item, ElasticsearchError Error)> items)
    {
        if (items.Count == 0)
            return;
        var request = delivery.Request;
        if (request.HoldsDeadLetters)
        {
            await FileAsync(request, [.. Enumerable.Repeat(Verdict.DeadLetter, request.Count)], _stop.Token);
            return;
        }

        var letters = BulkRequest.ForDeadLetters();
        foreach (var (item, error) in items)
            _deadLetterWriter.Write(request.Item(item).Span, error, request.TrackerOf(item), letters);
        _metrics.Buried(items);
        _requests.Add(letters);
        Start(letters, place: null);
    }

    /// <summary>Stores dead letters that the cluster refuses on disk, and reports them.</summary>
    private async ValueTask FileAsync(BulkRequest letters, Verdict[] verdicts, CancellationToken stop)
    {
        var refused = verdicts.Select(verdict => verdict is Verdict.DeadLetter or Verdict.RetrySlowly).ToArray();
        if (!refused.Contains(true))
            return;
        var copy = letters.Copy(0, letters.Count, i => refused[i]);
        await _deadLetterFile.AppendAsync(copy.Body.Bytes.AsMemory(0, copy.Body.Position), stop);
        copy.Report([.. Enumerable.Repeat(Verdict.Indexed, copy.Count)]);
    }

    private void Split(BulkRequest request)
    {
        var middle = request.Count / 2;
        foreach (var half in (BulkRequest[])[request.Copy(0, middle, _ => true), request.Copy(middle, request.Count, _ => true)])
        {
            _requests.Add(half);
            Start(half, place: null);
        }
    }

    private enum Attempt
    {
        Done,
        Again,
        AgainSlowly,
        Split,
    }

    private sealed class Delivery(BulkRequest request, ConcurrencyLimit.Place? firstPlace)
    {
        public BulkRequest Request { get; set; } = request;

        public ConcurrencyLimit.Place? FirstPlace { get; set; } = firstPlace;

        public int BrokenInARow { get; set; }
    }
}
