using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Elasticsearch.Security;

namespace AuraLogs.Lifecycle.Kibana;

/// <summary>Kibana's REST API. It authenticates like the Elasticsearch client unless Kibana has credentials of its own.</summary>
internal sealed class KibanaClient : IDisposable
{
    private const int MaxAnswerBytes = 16 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly KibanaOptions _options;
    private readonly Credentials _credentials;
    private readonly ServerCertificates _certificates;
    private readonly HttpClient _http;

    public KibanaClient(KibanaOptions options, ElasticsearchOptions elasticsearch, TimeProvider time)
    {
        _options = options;
        _credentials = new Credentials(options.HasCredentials ? options.ToElasticsearchCredentials() : elasticsearch, time);
        _certificates = new ServerCertificates(elasticsearch, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = _certificates.ToSslOptions(),
            ActivityHeadersPropagator = null,
            UseCookies = false,
        })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public bool IsConfigured => _options.IsSet;

    /// <exception cref="KibanaException">There was no good answer.</exception>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Somebody else having made it at the same moment is as good.</summary>
    /// <exception cref="KibanaException">There was no good answer.</exception>
    public async Task CreateAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>As for the Elasticsearch client.</summary>
    public void Reload()
    {
        _credentials.Expire();
        _certificates.Expire();
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, _options.Url.TrimEnd('/') + path);
            request.Headers.Authorization = _credentials.Header;
            request.Headers.Add("kbn-xsrf", "auralogs");
            if (body is not null)
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = PeerJson.ParseNode(await response.Content.ReadAsByteArrayAsync(cancellationToken)) as JsonObject ?? throw new JsonException();
            var message = answer.At("message").Text();
            var duplicate = method == HttpMethod.Post
                && ((int)response.StatusCode == 409 || message?.StartsWith("Duplicate data view", StringComparison.Ordinal) == true);
            return response.IsSuccessStatusCode || duplicate ? answer : throw Refused((int)response.StatusCode, message);
        }
        catch (JsonException e)
        {
            throw new KibanaException("What answers at AuraLogs:Kibana:Url is not Kibana.", e);
        }
        catch (HttpRequestException e)
        {
            throw new KibanaException($"Kibana can't be reached at AuraLogs:Kibana:Url: {e.Message}.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KibanaException($"Kibana did not answer within {Timeout.TotalSeconds} seconds.", e);
        }
    }

    private static KibanaException Refused(int status, string? message) => new(status switch
    {
        401 => "Kibana doesn't know these credentials: check AuraLogs:Kibana.",
        403 => "The user may not make data views in Kibana: give it the Kibana privilege 'Data View Management: all' (8.x) or 'Index Pattern Management: all' (7.x).",
        _ => $"Kibana refuses the data view: {message ?? "no reason was given"} (HTTP {status}).",
    });
}
