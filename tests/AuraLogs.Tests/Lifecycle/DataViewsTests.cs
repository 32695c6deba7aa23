using AuraLogs.Elasticsearch;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Kibana;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Tests.Lifecycle;

public sealed class DataViewsTests : IAsyncLifetime
{
    private KibanaServer _kibana = null!;

    public async Task InitializeAsync() => _kibana = await KibanaServer.StartAsync();

    public async Task DisposeAsync() => await _kibana.DisposeAsync();

    [Theory]
    [InlineData("7.17.0")]
    [InlineData("8.15.3")]
    [InlineData("9.1.0")]
    public async Task Missing_data_views_are_made_once(string version)
    {
        Assert.All(await RunAsync(version), view => Assert.Equal((ResourceState.InPlace, ResourceChange.Created), (view.State, view.Change)));
        Assert.Equal(["aura-dead-letters-*", "aura-services-*", "restored-aura-services-*"], _kibana.Titles.Values.Order());
        Assert.All(await RunAsync(version), view => Assert.Equal((ResourceState.InPlace, ResourceChange.None), (view.State, view.Change)));
        Assert.Equal(3, _kibana.Created);
    }

    [Theory]
    [InlineData("7.17.0")]
    [InlineData("8.15.3")]
    public async Task A_plan_makes_none(string version)
    {
        Assert.All(await RunAsync(version, apply: false), view => Assert.Equal(ResourceState.Missing, view.State));
        Assert.Empty(_kibana.Titles);
    }

    [Theory]
    [InlineData("7.17.0")]
    [InlineData("8.15.3")]
    public async Task One_that_somebody_made_for_the_same_pattern_is_left_alone(string version)
    {
        _kibana.Titles["theirs"] = "aura-services-*";
        await RunAsync(version);
        Assert.Equal("aura-services-*", _kibana.Titles["theirs"]);
        Assert.Equal(2, _kibana.Created);
    }

    [Theory]
    [InlineData("7.17.0")]
    [InlineData("8.15.3")]
    public async Task Two_replicas_at_once_make_one_each(string version)
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(version)));
        Assert.All(reports.SelectMany(report => report), view => Assert.Equal(ResourceState.InPlace, view.State));
        Assert.Equal(3, _kibana.Titles.Count);
    }

    [Fact]
    public async Task A_missing_privilege_is_named()
    {
        _kibana.Refusal = 403;
        Assert.All(await RunAsync("8.15.3"), view => Assert.Contains("Data View Management", view.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_without_Kibana_is_a_sentence_and_no_exception()
    {
        var reports = await RunAsync("8.15.3", options: new KibanaOptions { Url = "http://127.0.0.1:1" });
        Assert.All(reports, view => Assert.StartsWith("Kibana can't be reached at AuraLogs:Kibana:Url", view.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kibana_gets_its_own_credentials_or_those_of_Elasticsearch()
    {
        var elasticsearch = new ElasticsearchOptions { Username = "elastic", Password = "e" };
        await RunAsync("8.15.3", options: new KibanaOptions { Url = _kibana.Url, ApiKey = "a2V5" }, elasticsearch: elasticsearch);
        Assert.All(_kibana.Authorizations, header => Assert.Equal("ApiKey a2V5", header));
        _kibana.Authorizations.Clear();
        await RunAsync("8.15.3", elasticsearch: elasticsearch);
        Assert.All(_kibana.Authorizations, header => Assert.StartsWith("Basic ", header, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_address_nothing_is_asked() => Assert.Empty(await RunAsync("8.15.3", options: new KibanaOptions()));

    private async Task<IReadOnlyList<ResourceReport>> RunAsync(
        string version, bool apply = true, KibanaOptions? options = null, ElasticsearchOptions? elasticsearch = null)
    {
        using var client = new KibanaClient(
            options ?? new KibanaOptions { Url = _kibana.Url }, elasticsearch ?? new ElasticsearchOptions(), TimeProvider.System);
        return await new DataViews(client, new LifecycleNames("aura-services", "aura-dead-letters"))
            .RunAsync(new ClusterFeatures(Version.Parse(version)), apply, CancellationToken.None);
    }
}
