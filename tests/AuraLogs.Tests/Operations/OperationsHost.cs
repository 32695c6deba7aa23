using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle;
using AuraLogs.Operations;
using AuraLogs.Operations.Health;
using AuraLogs.Operations.Metrics;
using AuraLogs.Operations.Status;
using AuraLogs.Queue;
using AuraLogs.Tests.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AuraLogs.Tests.Operations;

/// <summary>The operations port on a free port, over a real queue, with nothing else of the service.</summary>
internal sealed class OperationsHost : IAsyncDisposable
{
    private readonly QueueDirectory _directory = new();
    private readonly WebApplication _app;

    private OperationsHost()
    {
        Queue = _directory.Open();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var options = new OperationsOptions { Address = "127.0.0.1", Port = 0 };
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenForOperations(options));
        builder.Services.AddRoutingCore();
        builder.Services.AddOperations(options);
        builder.Services.AddElasticsearch(new ElasticsearchOptions { Urls = "http://user:secret@127.0.0.1:1" }, _ => throw new InvalidOperationException());
        builder.Services.AddSingleton(new LifecycleOptions());
        builder.Services.AddSingleton(Queue);
        _app = builder.Build();
        _app.MapOperations();
    }

    public LogQueue Queue { get; }

    public Problems Problems => _app.Services.GetRequiredService<Problems>();

    public Clients Clients => _app.Services.GetRequiredService<Clients>();

    public AuraLogsMeter Meter => _app.Services.GetRequiredService<AuraLogsMeter>();

    public HttpClient Http { get; private set; } = null!;

    public static async Task<OperationsHost> StartAsync()
    {
        var host = new OperationsHost();
        await host._app.StartAsync();
        var addresses = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        host.Http = new HttpClient { BaseAddress = new Uri(addresses.First()) };
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
