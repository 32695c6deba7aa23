using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuraLogs.EndToEnd.Attacks;

/// <summary>Stands in Elasticsearch's place and answers as a test wants it to.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly WebApplication _host;

    private FakeCluster(WebApplication host) => _host = host;

    public string Url => _host.Urls.First();

    /// <param name="answer">The status and the body for a path and an unpacked body.</param>
    public static async Task<FakeCluster> StartAsync(Func<string, string, (int Status, string Body)> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.Run(async context =>
        {
            var isPacked = context.Request.Headers.ContentEncoding.ToString() == "gzip";
            await using var unpacked = isPacked ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
            using var body = new StreamReader(unpacked);
            var (status, text) = answer(context.Request.Path, await body.ReadToEndAsync());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text);
        });
        await host.StartAsync();
        return new FakeCluster(host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
