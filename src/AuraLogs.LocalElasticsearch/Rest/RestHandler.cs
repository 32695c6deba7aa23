using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>
/// HTTP on one side, requests and answers on the other: reads and unpacks the body, checks the media type, routes, and
/// writes the answer, or the refusal, as Elasticsearch does.
/// </summary>
internal sealed partial class RestHandler(
    Router router, Lanes lanes, LocalElasticsearchOptions options, ElasticsearchVersion version, ILogger<RestHandler> logger)
{
    private readonly RequestMemory _bodies = new("in_flight_requests", options.MaxInFlightBytes);

    private readonly BrowserGuard _guard = new(options.Hosts, "AuraLogs:LocalElasticsearch:Hosts");

    public async Task HandleAsync(HttpContext context)
    {
        if (_guard.RefusalOf(context.Request) is { } refusal)
        {
            await RefuseAsync(context.Response, new ElasticsearchException(403, "security_exception", refusal));
            return;
        }

        try
        {
            using RequestBody? body = await ReadBodyAsync(context);
            if (body is not null)
                await AnswerAsync(context, body);
        }
        catch (ElasticsearchException e)
        {
            await RefuseAsync(context.Response, e);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestBody body)
    {
        RestRequest request = new()
        {
            Method = context.Request.Method,
            Path = RawPath(context),
            Parameters = context.Request.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString()),
            Body = body.Bytes,
            Cancel = context.RequestAborted,
            Owner = context.Connection.RemoteIpAddress?.ToString() ?? "",
        };
        try
        {
            RenderedResponse response = await AnswerAsync(context, request);
            await WriteAsync(context, request, response);
        }
        finally
        {
            foreach (IDisposable held in request.Held)
                held.Dispose();
        }
    }

    /// <summary>Refuses before anything of the request is looked at.</summary>
    private static async Task RefuseAsync(HttpResponse response, ElasticsearchException refusal)
    {
        response.StatusCode = refusal.Status;
        response.ContentType = "application/json";
        byte[] body = Json.ToBytes(refusal.ToBody());
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    /// <summary>The body, unpacked; null when the connection has been answered already.</summary>
    private async Task<RequestBody?> ReadBodyAsync(HttpContext context)
    {
        try
        {
            RequestBody? body = await RequestBody.ReadAsync(context.Request, options.MaxRequestBytes, _bodies, context.RequestAborted);
            if (body is not null)
                return body;
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            context.Response.ContentLength = 0;
            return null;
        }
        catch (InvalidDataException)
        {
            // What claims to be gzip and is not gets no answer at all.
            context.Abort();
            return null;
        }
    }

    private async Task<RenderedResponse> AnswerAsync(HttpContext context, RestRequest request)
    {
        try
        {
            MediaTypes.Check(context.Request, request.Body.Length > 0, version);
            (Lane lane, Func<CancellationToken, Task<RestResponse>> answer) = router.Find(request);
            LaneThreads threads = lanes[lane];
            request.Held.Add(threads.Enter());
            RestResponse response = await await threads.RunAsync(() => answer(request.Cancel), request.Cancel);
            return await threads.RunAsync(() => Render(context.Request, request, response), request.Cancel);
        }
        catch (ElasticsearchException e)
        {
            return Render(context.Request, request, new RestResponse { Status = e.Status, Json = e.ToBody(), Allow = e.Allow });
        }
        catch (SqliteException e) when (Sqlite.IsDiskFull(e))
        {
            ElasticsearchException full = IndexBlocks.DiskFull(version, null);
            return Render(context.Request, request, new RestResponse { Status = full.Status, Json = full.ToBody() });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, e, request.Method, request.Path);
            ElasticsearchException failure = new(500, "exception", e.Message);
            return Render(context.Request, request, new RestResponse { Status = failure.Status, Json = failure.ToBody() });
        }
    }

    private async Task WriteAsync(HttpContext context, RestRequest request, RenderedResponse rendered)
    {
        (RestResponse response, string type, ReadOnlyMemory<byte> body) = (rendered.Response, rendered.Type, rendered.Body);
        HttpResponse http = context.Response;
        http.StatusCode = response.Status;
        if (version.HasProductHeader)
            http.Headers["X-elastic-product"] = "Elasticsearch";
        if (context.Request.Headers.TryGetValue("X-Opaque-Id", out StringValues opaque))
            http.Headers["X-Opaque-Id"] = opaque;
        if (response.Allow is not null)
            http.Headers.Allow = response.Allow;
        if (response.Location is not null)
            http.Headers.Location = response.Location;
        foreach (string warning in request.Warnings)
            http.Headers.Append("Warning", $"299 Elasticsearch-{version}-{new string('0', 40)} \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");

        http.ContentType = type;
        if (rendered.IsPacked)
            http.Headers.ContentEncoding = "gzip";
        http.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await http.Body.WriteAsync(body, context.RequestAborted);
    }

    private RenderedResponse Render(HttpRequest http, RestRequest request, RestResponse response)
    {
        RenderedResponse plain = RenderPlain(http, request, response);
        bool isPacked = plain.Body.Length > 0 && http.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        return isPacked ? plain with { Body = Pack(plain.Body), IsPacked = true } : plain;
    }

    private RenderedResponse RenderPlain(HttpRequest http, RestRequest request, RestResponse response)
    {
        if (response.Text is { } text)
            return new RenderedResponse(response, "text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(text));
        string accepted = http.Headers.Accept.ToString();
        bool isFiltered = response.IsFiltered || request["filter_path"] is null || response.Status >= 400;
        if (response.Body is { } ready && isFiltered && request["pretty"] is null
            && !accepted.StartsWith("application/yaml", StringComparison.OrdinalIgnoreCase))
            return new RenderedResponse(response, MediaTypes.Of(accepted, version), ready);
        JsonNode? json = response.Body is { } body ? Json.Parse(body.Span) : response.Json;
        if (!isFiltered)
            json = FilterPath.Apply(json, request["filter_path"]!);
        if (accepted.StartsWith("application/yaml", StringComparison.OrdinalIgnoreCase))
            return new RenderedResponse(response, "application/yaml", Encoding.UTF8.GetBytes(Yaml.Write(json)));
        bool isPretty = request["pretty"] is "" or "true" || (response.IsPretty && request["pretty"] is null);
        byte[] bytes = Json.ToBytes(json, isPretty);
        return new RenderedResponse(response, MediaTypes.Of(accepted, version), isPretty ? (byte[])[.. bytes, (byte)'\n'] : bytes);
    }

    private sealed record RenderedResponse(RestResponse Response, string Type, ReadOnlyMemory<byte> Body, bool IsPacked = false);

    /// <summary>The path with its escapes, so that an escaped slash stays part of a name.</summary>
    private static string RawPath(HttpContext context)
    {
        string target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        int query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static byte[] Pack(ReadOnlyMemory<byte> body)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(body.Span);
        return packed.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The local Elasticsearch failed to answer {Method} {Path}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);
}
