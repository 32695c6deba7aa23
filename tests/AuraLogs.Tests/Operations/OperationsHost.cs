using AuraLogs.Elasticsearch;
using AuraLogs.Forward;
using AuraLogs.Indexing;
using AuraLogs.Lifecycle;
using AuraLogs.Operations;
using AuraLogs.Queue;
using AuraLogs.Telemetry;
using AuraLogs.Tests.Fakes;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuraLogs.Tests.Operations;

/// <summary>The operations port on a free port, over a real queue, with nothing else of the service.</summary>
internal sealed class OperationsHost : IAsyncDisposable
{
    private readonly QueueDirectory _directory = new();
    private readonly WebApplication _app;

    private OperationsHost(Action<OperationsOptions>? configure)
    {
        Queue = _directory.Open();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var options = new OperationsOptions { Address = "127.0.0.1", Port = 0 };
        configure?.Invoke(options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenForOperations(options));
        builder.Services.AddRoutingCore();
        builder.Services.AddOperations(options);
        builder.Services.AddElasticsearch(new ElasticsearchOptions { Urls = "http://user:secret@127.0.0.1:1" }, _ => throw new InvalidOperationException());
        builder.Services.AddSingleton(new LifecycleOptions());
        builder.Services.AddSingleton(new IndexingOptions());
        builder.Services.AddSingleton(Queue);
        builder.Services.AddSingleton(_ => TestMemory.Budgets());
        builder.Services.AddSingleton<AckMemory>();
        builder.Services.AddSingleton<QueueMetrics>();
        _app = builder.Build();
        _app.MapOperations();
        _app.Services.GetRequiredService<QueueMetrics>().Observe(Queue);
    }

    public LogQueue Queue { get; }

    public Problems Problems => _app.Services.GetRequiredService<Problems>();

    public Clients Clients => _app.Services.GetRequiredService<Clients>();

    public AuraLogsMeter Meter => _app.Services.GetRequiredService<AuraLogsMeter>();

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Every endpoint that is mapped.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public static async Task<OperationsHost> StartAsync(Action<OperationsOptions>? configure = null)
    {
        var host = new OperationsHost(configure);
        await host._app.StartAsync();
        var addresses = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        host.Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(addresses.First()) };
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Queue.DisposeAsync();
        _directory.Dispose();
    }
}
