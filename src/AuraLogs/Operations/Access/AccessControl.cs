using System.Net;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.Operations.Metrics;

namespace AuraLogs.Operations.Access;

/// <summary>
/// Who may do what on the operations port. Everything but GET is refused when another site's page sends it. Endpoints that are not
/// <see cref="OpenToAll"/> are asked for by a known name, and only from this machine or with the token: as
/// <c>Authorization: Bearer</c>, or as the session that the page got for it.
/// </summary>
internal sealed class AccessControl(OperationsOptions options, OperationsToken token, OperationsMetrics metrics)
{
    public const string Cookie = "auralogs-session";

    private const string Scheme = "Bearer ";

    private readonly BrowserGuard _guard = new(options.Hosts, "AuraLogs:Operations:Hosts");

    /// <summary>The middleware: it stands behind the routing, which knows the endpoint.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint || RefusalOf(context, endpoint) is not { } refusal)
            return next(context);
        metrics.Refused(refusal.Reason);
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Json(new AccessRefusal(refusal.Sentence), OperationsJson.Default.AccessRefusal, statusCode: refusal.Status).ExecuteAsync(context);
    }

    /// <summary>Whether the request's sender may see log contents and change things.</summary>
    public bool HasRight(HttpContext context) => IsLocal(context) || HasToken(context.Request);

    private (int Status, string Reason, string Sentence)? RefusalOf(HttpContext context, Endpoint endpoint)
    {
        var isOpen = endpoint.Metadata.GetMetadata<OpenToAll>() is not null;
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (isOpen && isRead)
            return null;
        if (_guard.RefusalOfHost(context.Request.Host) is { } host)
            return (StatusCodes.Status403Forbidden, "host", host);
        if (BrowserGuard.RefusalOfOrigin(context.Request) is { } origin)
            return (StatusCodes.Status403Forbidden, "origin", origin);
        if (isOpen || HasRight(context))
            return null;
        return options.HasToken
            ? (StatusCodes.Status401Unauthorized, "token", "This needs the token of the operations port.")
            : (StatusCodes.Status403Forbidden, "network",
                "This is for requests from the machine itself, as through kubectl port-forward, unless AuraLogs:Operations:TokenFile is set.");
    }

    private bool HasToken(HttpRequest request)
    {
        if (!options.HasToken)
            return false;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return token.Matches(authorization[Scheme.Length..].Trim());
        return request.Cookies.TryGetValue(Cookie, out var session) && token.IsSession(session);
    }

    /// <summary>A proxy on this machine passes on what others ask for, and says so.</summary>
    private bool IsLocal(HttpContext context)
    {
        if (options.LoopbackNeedsToken || context.Connection.RemoteIpAddress is not { } address)
            return false;
        var headers = context.Request.Headers;
        var isPassedOn = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Real-IP");
        return IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) && !isPassedOn;
    }
}
