using AuraLogs.Lifecycle.Archive;
using AuraLogs.Tests.Elasticsearch;
using AuraLogs.Tests.Lifecycle;
using Microsoft.AspNetCore.Http;

namespace AuraLogs.Tests.Regressions;

/// <summary>
/// Right after green a real cluster's <c>_cat/indices</c> answers null for what is in an index, and <c>archive restore</c> ended with "can be
/// searched:  events, ".
/// </summary>
public sealed class RestoredNumbersTests
{
    [Fact]
    public async Task The_numbers_are_waited_for()
    {
        var looks = 0;
        await using var server = await HttpServer.StartAsync(context =>
        {
            context.Response.ContentType = "application/json";
            var (documents, size) = ++looks switch
            {
                1 => ("null", "null"),
                2 => ("\"12\"", "null"),
                _ => ("\"12\"", "\"7.1kb\""),
            };
            return context.Response.WriteAsync($$"""[{"index":"restored-aura-services-2026.05.06","docs.count":{{documents}},"store.size":{{size}}},{"index":"restored-aura-services-2026.05.07","docs.count":null,"store.size":null}]""");
        });
        using var cluster = new ManagedCluster(server.Url, TimeProvider.System);
        Assert.True(DayRange.TryParse("2026-05-06", out var days));

        var restored = Assert.Single(await cluster.Archive.ListRestoredAsync(days, default));

        Assert.Equal((12, "7.1kb"), (restored.Documents, restored.Size));
        Assert.Equal(3, looks);
    }
}
