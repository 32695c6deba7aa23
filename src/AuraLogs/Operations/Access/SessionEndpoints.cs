using System.Text.Json;
using AuraLogs.Operations.Metrics;
using Microsoft.AspNetCore.Http.Features;

namespace AuraLogs.Operations.Access;

/// <summary>
/// <c>/api/session</c>, for the page. GET: what the reader may do; POST: a session for the token, in a cookie that no script can read and
/// that no other site's request carries; DELETE: ends it.
/// </summary>
internal static class SessionEndpoints
{
    private const int LongestRequest = 4096;

    public static void MapSession(
        this IEndpointRouteBuilder endpoints, OperationsOptions options, AccessControl access, OperationsToken token, OperationsMetrics metrics,
        bool servesLogs)
    {
        OpenToAll.On(endpoints.MapGet("/api/session", (HttpContext context) =>
            Results.Json(new SessionState(access.HasRight(context), options.HasToken, servesLogs), OperationsJson.Default.SessionState)));
        OpenToAll.On(endpoints.MapPost("/api/session", context => BeginAsync(context, token, metrics)));
        OpenToAll.On(endpoints.MapDelete("/api/session", (HttpResponse response) =>
        {
            response.Cookies.Delete(AccessControl.Cookie, CookieFor(response.HttpContext.Request));
            return Results.NoContent();
        }));
    }

    private static async Task BeginAsync(HttpContext context, OperationsToken token, OperationsMetrics metrics)
    {
        if (await ReadAsync(context) is not { } request)
        {
            await Results.Json(
                new AccessRefusal("""The body must be {"token": "..."}."""), OperationsJson.Default.AccessRefusal,
                statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        if (!token.Matches(request.Token))
        {
            metrics.Refused("token");
            await Results.Json(
                new AccessRefusal("That is not the token."), OperationsJson.Default.AccessRefusal,
                statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
            return;
        }

        context.Response.Cookies.Append(AccessControl.Cookie, token.IssueSession(), CookieFor(context.Request));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<SessionRequest?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LongestRequest;
        try
        {
            var request = await JsonSerializer.DeserializeAsync(
                context.Request.Body, OperationsJson.Default.SessionRequest, context.RequestAborted);
            return request is { Token: not null } ? request : null;
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static CookieOptions CookieFor(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
        Path = "/",
        MaxAge = OperationsToken.SessionLength,
    };
}
