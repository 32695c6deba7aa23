using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AuraLogs.Tests.Elasticsearch;

/// <summary>A real HTTP server on a free port of this machine that answers as the test says.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _requests;

    private HttpServer(RequestDelegate answer, int port, Action<ListenOptions>? listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, port, options => listen?.Invoke(options));
        });
        _application = builder.Build();
        _application.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    public int Requests => Volatile.Read(ref _requests);

    public Uri Url => new(_application.Urls.First());

    public static async Task<HttpServer> StartAsync(RequestDelegate answer, int port = 0, Action<ListenOptions>? listen = null)
    {
        var server = new HttpServer(answer, port, listen);
        await server._application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
