using System.Net;
using AuraLogs.LocalElasticsearch.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuraLogs.LocalElasticsearch;

/// <summary>A small Elasticsearch inside the process: its REST API over HTTP/1.1, its data in SQLite files.</summary>
public sealed class LocalElasticsearchServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly LocalNode _node;
    private readonly Lanes _lanes;

    private LocalElasticsearchServer(WebApplication host, LocalNode node, Lanes lanes)
    {
        _lanes = lanes;
        _host = host;
        _node = node;
        string address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new Uri(address);
        node.Info.Address = Address;
    }

    /// <summary>Where it listens, with the port that was free when 0 was asked for.</summary>
    public Uri Address { get; }

    /// <summary>Opens the data and starts to listen.</summary>
    /// <param name="options">Where to listen and where the data is.</param>
    /// <param name="time">The clock of dates, schedules and ages.</param>
    /// <param name="logging">Where it logs to.</param>
    /// <param name="failed">Told what has failed in the background in a way that nobody expected.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <exception cref="FormatException">The version is not one, or too old.</exception>
    /// <exception cref="IOException">The address is in use, or the directory can't be written.</exception>
    public static async Task<LocalElasticsearchServer> StartAsync(
        LocalElasticsearchOptions options, TimeProvider time, ILoggerFactory logging, Action<string, Exception> failed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        LocalNode node = new(options, time, logging, failed);
        Lanes lanes = new(options);
        WebApplication? host = null;
        try
        {
            host = Build(options, node, lanes, logging);
            await host.StartAsync(cancel);
            LocalElasticsearchServer server = new(host, node, lanes);
            node.StartSchedules();
            return server;
        }
        catch
        {
            if (host is not null)
                await host.DisposeAsync();
            lanes.Dispose();
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets requests in flight end, stops the schedules, closes the data.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        _lanes.Dispose();
        await _node.DisposeAsync();
    }

    private static WebApplication Build(LocalElasticsearchOptions options, LocalNode node, Lanes lanes, ILoggerFactory logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;

            // A search holds its place until its answer is read.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 16 << 10, gracePeriod: TimeSpan.FromSeconds(10));
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication host = builder.Build();
        RestHandler handler = new(node.Router, lanes, options, node.Version, logging.CreateLogger<RestHandler>());
        host.Run(handler.HandleAsync);
        return host;
    }
}
