using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Elasticsearch.Nodes;
using AuraLogs.Elasticsearch.Security;
using AuraLogs.Memory;
using AuraLogs.Telemetry;

namespace AuraLogs.Elasticsearch;

/// <summary>
/// Sends a request to a node of the cluster and reads its whole answer. There is no policy here but the choice of the node:
/// whatever status comes back is the caller's to judge, and only a node that could not even be connected to is replaced by
/// the next one.
/// </summary>
internal sealed class ElasticsearchClient : IDisposable
{
    private const string Json = "application/json";

    /// <summary>Beside <see cref="ElasticsearchOptions.SilenceTimeout"/>, what a node that is paused (a collection of garbage) gets before it counts as gone.</summary>
    private static readonly TimeSpan AliveLimit = TimeSpan.FromSeconds(4);

    /// <summary>Short, because a connection that could not be opened a moment ago is best tried anew: the kernel waits ever longer to ask again.</summary>
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Names us in the cluster's slow logs, tasks and deprecation logs; one value a pod, since Elasticsearch keeps them apart.</summary>
    private static readonly string OpaqueId = $"auralogs/{Environment.MachineName}";

    private readonly ElasticsearchOptions _options;
    private readonly TimeProvider _time;
    private readonly ElasticsearchMetrics? _metrics;
    private readonly Credentials _credentials;
    private readonly ServerCertificates _certificates;
    private readonly HttpMessageInvoker _http;
    private readonly Func<ElasticsearchNodes> _findNodes;
    private readonly Lock _finding = new();
    private ElasticsearchNodes? _nodes;
    private readonly CancellationTokenSource _disposed = new();
    private readonly AnswerReader _answers;
    private readonly BufferPool? _ownMemory;

    /// <param name="options">The nodes, how to authenticate, and the limits.</param>
    /// <param name="localAddress">Where the local Elasticsearch listens; asked at the first request, and only when no nodes are named.</param>
    /// <param name="time">For the back-off of failing nodes and the time-out.</param>
    /// <param name="metrics">Null where nobody looks at metrics: in a command.</param>
    /// <param name="answers">The memory for answers; null for its own.</param>
    public ElasticsearchClient(
        ElasticsearchOptions options, Func<Uri> localAddress, TimeProvider time, ElasticsearchMetrics? metrics = null, MemoryBudget? answers = null)
    {
        if (answers is null)
        {
            _ownMemory = new BufferPool(2L * options.MaxResponseBytes, time);
            answers = _ownMemory.NewBudget("answers", _ownMemory.Limit);
        }

        _answers = new AnswerReader(answers, options.MaxResponseBytes);
        _options = options;
        _time = time;
        _metrics = metrics;
        _credentials = new Credentials(options, time);
        _certificates = new ServerCertificates(options, time);
        _findNodes = () => new ElasticsearchNodes(options.IsLocal ? [localAddress()] : options.ParseUrls(), time);
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ConnectTimeout = options.ConnectTimeout,
                ConnectCallback = NodeConnection.OpenAsync,
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                SslOptions = _certificates.ToSslOptions(),
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
            });
    }

    /// <exception cref="ElasticsearchUnavailableException">The local one is used and has not started yet: ask again.</exception>
    public ElasticsearchNodes Nodes
    {
        get
        {
            lock (_finding)
            {
                if (_nodes is null)
                {
                    _nodes = _findNodes();
                    _metrics?.Observe(_nodes);
                }

                return _nodes;
            }
        }
    }

    /// <summary>The cluster's version, once somebody has read it; null while it is not known.</summary>
    public Version? ClusterVersion { get; set; }

    /// <summary>Sends <paramref name="body"/>, when there is one, as JSON.</summary>
    /// <inheritdoc cref="SendAsync(HttpMethod, string, HttpContent?, CancellationToken)"/>
    public Task<ElasticsearchResponse> SendAsync(
        HttpMethod method, string pathAndQuery, JsonNode? body, CancellationToken cancellationToken) =>
        body is null
            ? SendAsync(method, pathAndQuery, (HttpContent?)null, cancellationToken)
            : SendAsync(method, pathAndQuery, JsonSerializer.SerializeToUtf8Bytes(body), Json, cancellationToken);

    /// <inheritdoc cref="SendAsync(HttpMethod, string, HttpContent?, CancellationToken)"/>
    public async Task<ElasticsearchResponse> SendAsync(
        HttpMethod method, string pathAndQuery, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return await SendAsync(method, pathAndQuery, content, cancellationToken);
    }

    /// <param name="method">As in the request line.</param>
    /// <param name="pathAndQuery">As in <c>/_bulk?filter_path=errors</c>, escaped.</param>
    /// <param name="content">It stays the caller's, and may be sent more than once.</param>
    /// <param name="cancellationToken">Ends the request; the server may have carried it out.</param>
    /// <returns>The whole answer, of whatever status; the caller disposes it.</returns>
    /// <exception cref="ElasticsearchUnavailableException">No whole answer came.</exception>
    public Task<ElasticsearchResponse> SendAsync(
        HttpMethod method, string pathAndQuery, HttpContent? content, CancellationToken cancellationToken) =>
        SendAsync(method, pathAndQuery, content, long.MaxValue, slow: null, cancellationToken);

    /// <inheritdoc cref="SendAsync(HttpMethod, string, HttpContent?, CancellationToken)"/>
    /// <param name="method">As in the request line.</param>
    /// <param name="pathAndQuery">As in <c>/_bulk?filter_path=errors</c>, escaped.</param>
    /// <param name="content">It stays the caller's, and may be sent more than once.</param>
    /// <param name="mostAnswerBytes">The most bytes of a sensible answer, beside <see cref="ElasticsearchOptions.MaxResponseBytes"/>.</param>
    /// <param name="slow">Told when there is no answer for <see cref="ElasticsearchOptions.SilenceTimeout"/> although the node is alive.</param>
    /// <param name="cancellationToken">Ends the request; the server may have carried it out.</param>
    public async Task<ElasticsearchResponse> SendAsync(
        HttpMethod method, string pathAndQuery, HttpContent? content, long mostAnswerBytes, Action? slow, CancellationToken cancellationToken)
    {
        ProbeDue();
        List<ElasticsearchNode> tried = [];
        while (true)
        {
            var node = Nodes.Choose(tried);
            try
            {
                return await SendAsync(node, method, pathAndQuery, content, mostAnswerBytes, slow, cancellationToken);
            }
            catch (ElasticsearchUnavailableException e) when (!e.WasConnected && tried.Count + 1 < Nodes.Count)
            {
                tried.Add(node);
            }
            finally
            {
                node.End();
            }
        }
    }

    /// <summary>Asks the nodes that were set aside whether they answer again, as far as it is time; returns at once.</summary>
    public void ProbeDue()
    {
        foreach (var due in Nodes.TakeDueForProbe())
            _ = ProbeAsync(due);
    }

    /// <summary>Secrets and authorities are read from their files again before they are next used.</summary>
    public void Reload()
    {
        _credentials.Expire();
        _certificates.Expire();
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _http.Dispose();
        _answers.Dispose();
        _ownMemory?.Dispose();
        _disposed.Dispose();
    }

    private async Task<ElasticsearchResponse> SendAsync(
        ElasticsearchNode node, HttpMethod method, string pathAndQuery, HttpContent? content, long mostAnswerBytes, Action? slow,
        CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.RequestTimeout);
        var silence = WatchSilenceAsync(node, slow, timeout, ended.Token);
        using var trace = AuraLogsTraces.StartRequest(method, node.Uri, pathAndQuery);
        var begin = _time.GetTimestamp();
        try
        {
            // The message is not disposed: that would dispose the content, which belongs to the caller.
            var request = new HttpRequestMessage(method, AddressOf(node, pathAndQuery)) { Content = content };
            request.Headers.Authorization = _credentials.Header;
            request.Headers.TryAddWithoutValidation("X-Opaque-Id", OpaqueId);
            using var answer = await _http.SendAsync(request, timeout.Token);
            var body = await _answers.ReadAsync(answer.Content, mostAnswerBytes, timeout.Token);
            var response = new ElasticsearchResponse((int)answer.StatusCode, node.Uri, body);
            Note(node, answer.StatusCode);
            _metrics?.Answered(response.Status, _time.GetElapsedTime(begin));
            trace?.SetTag("http.response.status_code", response.Status);
            return response;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Nodes.Failed(node);
            _metrics?.Failed(_time.GetElapsedTime(begin));
            trace?.SetStatus(ActivityStatusCode.Error);
            await ended.CancelAsync();
            var isSilent = await silence;
            var what = isSilent
                ? $"{node.Uri.Authority} has not answered for {_options.SilenceTimeout.TotalSeconds:0.#} s, nor when it was asked whether it is alive"
                : Describe(node, e);
            throw new ElasticsearchUnavailableException(what, isSilent || WasConnected(e), e) { IsSilent = isSilent };
        }
        finally
        {
            await ended.CancelAsync();
            await silence;
        }
    }

    /// <summary>
    /// Asks a node that lets a request wait whether it is alive: one that works is waited for, and one that is gone without a word is not, so that
    /// what was sent to it can go to another.
    /// </summary>
    /// <returns>Whether the node is silent, and the request was broken off.</returns>
    private async Task<bool> WatchSilenceAsync(ElasticsearchNode node, Action? slow, CancellationTokenSource request, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.SilenceTimeout, _time, ended);
                if (await AskAsync(node, AliveLimit, ended) is null)
                {
                    await request.CancelAsync();
                    return true;
                }

                slow?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A small request, to see whether there is an answer.</summary>
    /// <returns>The status, whatever it is; null when there was none in time.</returns>
    private async Task<HttpStatusCode?> AskAsync(ElasticsearchNode node, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(node, "/"));
            request.Headers.Authorization = _credentials.Header;
            using var answer = await _http.SendAsync(request, end.Token);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private void Note(ElasticsearchNode node, HttpStatusCode status)
    {
        if (status == HttpStatusCode.Unauthorized)
            _credentials.Expire();
        if (status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            Nodes.Failed(node);
        else
            Nodes.Answered(node);
    }

    private async Task ProbeAsync(ElasticsearchNode node)
    {
        node.Begin();
        try
        {
            if (await AskAsync(node, ProbeLimit, _disposed.Token) is { } status)
                Note(node, status);
            else
                Nodes.Failed(node);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The client is being disposed.
        }
        finally
        {
            node.End();
        }
    }

    private static Uri AddressOf(ElasticsearchNode node, string pathAndQuery) =>
        new(node.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + pathAndQuery);

    private static bool WasConnected(Exception e) =>
        e is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        };

    private static string Describe(ElasticsearchNode node, Exception e) => e switch
    {
        OperationCanceledException => $"{node.Uri.Authority} did not answer in time",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"no secure connection to {node.Uri.Authority}: {e.InnerException?.Message ?? e.Message}",
        _ => $"{node.Uri.Authority}: {e.Message}",
    };
}
