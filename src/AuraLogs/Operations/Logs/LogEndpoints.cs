using System.Text.Json;
using AuraLogs.Elasticsearch;

namespace AuraLogs.Operations.Logs;

/// <summary>What the page's logs view asks: <c>/api/logs/search</c>, <c>/api/logs/fields</c>, <c>/api/logs/values</c>.</summary>
internal static class LogEndpoints
{
    private const int MostHits = 500;
    private const int LongestQuery = 4096;

    public static void MapLogs(this IEndpointRouteBuilder endpoints, LogSearch search, int mostAtOnce)
    {
        var places = new SemaphoreSlim(mostAtOnce);
        endpoints.MapGet("/api/logs/search", (string? q, long? from, long? to, int? size, HttpContext context, CancellationToken cancellationToken) =>
            AnswerAsync(places, context, async () => Results.Json(
                await search.SearchAsync(ScopeOf(q, from, to), Math.Clamp(size ?? 100, 0, MostHits), cancellationToken),
                OperationsJson.Default.LogPage)));
        endpoints.MapGet("/api/logs/fields", (HttpContext context, CancellationToken cancellationToken) =>
            AnswerAsync(places, context, async () => Results.Json(await search.FieldsAsync(cancellationToken), OperationsJson.Default.LogFields)));
        endpoints.MapGet("/api/logs/values", (string field, string? q, long? from, long? to, HttpContext context, CancellationToken cancellationToken) =>
            AnswerAsync(places, context, async () => Results.Json(
                await search.ValuesAsync(ScopeOf(q, from, to), field, cancellationToken), OperationsJson.Default.LogValues)));
    }

    private static LogScope ScopeOf(string? query, long? from, long? to)
    {
        if (query?.Length > LongestQuery)
            throw new LogSearchException(StatusCodes.Status400BadRequest, $"The query is longer than {LongestQuery} characters.");
        return new LogScope(query, Moment(from), Moment(to));
    }

    private static DateTimeOffset? Moment(long? unixMilliseconds)
    {
        if (unixMilliseconds is not { } milliseconds)
            return null;
        var (first, last) = (DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, first, last));
    }

    /// <summary>A search keeps its place until its answer has been read, or the client has gone: it takes memory until then.</summary>
    private static async Task<IResult> AnswerAsync(SemaphoreSlim places, HttpContext context, Func<Task<IResult>> answer)
    {
        if (!places.Wait(0))
            return Failure("Too many searches run at this moment. Try again.", StatusCodes.Status429TooManyRequests);
        context.Response.OnCompleted(() =>
        {
            places.Release();
            return Task.CompletedTask;
        });
        try
        {
            return await answer();
        }
        catch (LogSearchException e)
        {
            return Failure(e.Message, e.Status);
        }
        catch (JsonException)
        {
            return Failure("The answer is not Elasticsearch's: something in between answers.", StatusCodes.Status502BadGateway);
        }
        catch (ElasticsearchUnavailableException e)
        {
            return Failure(e.Message, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Failure(string reason, int status) =>
        Results.Json(new LogFailure(reason), OperationsJson.Default.LogFailure, statusCode: status);
}
