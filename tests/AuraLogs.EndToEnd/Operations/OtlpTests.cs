using System.Collections.Concurrent;
using System.Text;
using AuraLogs.EndToEnd.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuraLogs.EndToEnd.Operations;

public sealed class OtlpTests
{
    /// <summary>What a collector is sent is protobuf, whose strings stand in it as they are.</summary>
    [Fact]
    public async Task Metrics_traces_and_logs_go_to_the_endpoint_that_the_environment_names()
    {
        var sent = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(sent);
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment=a-test",
        });

        await LogTraffic.SendAsync(service, 10, "otlp", word: "secretcontent");

        await AwaitAsync(sent, "/v1/metrics", "auralogs_forward_events_total", "auralogs_ledger_events", "a-test");
        await AwaitAsync(sent, "/v1/traces", "bulk delivery", "elasticsearch request", "/_bulk", "a-test");
        await AwaitAsync(sent, "/v1/logs", "AuraLogs is ready", "a-test");
        Assert.All(sent.Values, text => Assert.DoesNotContain("secretcontent", text, StringComparison.Ordinal));
        Assert.DoesNotContain("secretcontent", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_signal_alone_goes_to_its_own_endpoint_with_its_own_headers_and_another_is_turned_off()
    {
        var sent = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(sent);
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory.Path, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{collector.Urls.First()}/v1/own",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_METRICS_HEADERS"] = "x-tenant=a-tenant",
            ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = $"{collector.Urls.First()}/v1/logs",
            ["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"] = "http/protobuf",
            ["OTEL_LOGS_EXPORTER"] = "none",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            ["OTEL_SERVICE_NAME"] = "a-name",
        });

        await LogTraffic.SendAsync(service, 10, "otlp");

        await AwaitAsync(sent, "/v1/own", "auralogs_forward_events_total", "a-name", "x-tenant=a-tenant");
        await service.TerminateAsync();
        Assert.Equal(["/v1/own"], sent.Keys);
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> sent)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var text = $"x-tenant={request.Headers["x-tenant"]} {Encoding.UTF8.GetString(body.ToArray())}";
            sent.AddOrUpdate(request.Path, text, (_, before) => before + text);
        });
        await app.StartAsync();
        return app;
    }

    private static Task AwaitAsync(ConcurrentDictionary<string, string> sent, string path, params string[] expected) => Wait.UntilAsync(
        () => Task.FromResult(string.Join(", ", expected.Where(text => !sent.GetValueOrDefault(path, "").Contains(text, StringComparison.Ordinal)))),
        missing => missing.Length == 0,
        TimeSpan.FromSeconds(30),
        () => path);
}
