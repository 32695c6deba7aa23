using System.Security.Cryptography;
using AuraLogs.Operations.Access;
using Microsoft.Net.Http.Headers;

namespace AuraLogs.Operations.Page;

/// <summary>
/// The page at <c>/</c> and its few files, all of them inside the assembly: nothing is fetched from elsewhere, and the
/// content security policy allows nothing from elsewhere.
/// </summary>
internal static class PageEndpoints
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/", "index.html", "text/html; charset=utf-8");
        Map(endpoints, "/page.css", "page.css", "text/css; charset=utf-8");
        Map(endpoints, "/icon.svg", "icon.svg", "image/svg+xml");
        foreach (var script in (string[])["page.js", "format.js", "chart.js", "logs.js", "session.js"])
            Map(endpoints, $"/{script}", script, "text/javascript; charset=utf-8");
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, string resource, string contentType)
    {
        var content = Read(resource);
        var version = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
        OpenToAll.On(endpoints.MapGet(path, (HttpResponse response) =>
        {
            var headers = response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return Results.Bytes(content, contentType, entityTag: version);
        }));
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream($"AuraLogs.Operations.Page.Files.{resource}")
            ?? throw new InvalidOperationException($"The build left out {resource}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
