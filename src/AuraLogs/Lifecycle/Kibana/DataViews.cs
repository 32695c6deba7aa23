using System.Text.Json.Nodes;
using AuraLogs.Elasticsearch.Answers;
using AuraLogs.Lifecycle.Desired;
using AuraLogs.Lifecycle.Reconcile;

namespace AuraLogs.Lifecycle.Kibana;

/// <summary>
/// Makes the data views that are missing, so that nobody has to before the first search. One that exists for the same pattern is
/// left as it is: what people did to it in Kibana is theirs. Kibana 8 has an API for data views
/// (https://www.elastic.co/guide/en/kibana/current/data-views-api.html), Kibana 7 one for saved objects of type index-pattern
/// (https://www.elastic.co/guide/en/kibana/7.17/saved-objects-api.html).
/// </summary>
internal sealed class DataViews(KibanaClient kibana, LifecycleNames names)
{
    private const string Kind = "data view";

    private IReadOnlyList<DataView> Desired =>
    [
        new($"auralogs-{names.IndexPrefix}", names.IndexPattern, "AuraLogs"),
        new($"auralogs-{names.DeadLetterPrefix}", names.DeadLetterPattern, "AuraLogs dead letters"),
        new($"auralogs-{LifecycleNames.RestoredPrefix}{names.IndexPrefix}", names.RestoredPattern, "AuraLogs restored"),
    ];

    /// <returns>A report a data view; none when no Kibana is configured. No exception: Kibana matters least of all.</returns>
    public async Task<IReadOnlyList<ResourceReport>> RunAsync(ClusterFeatures features, bool apply, CancellationToken cancellationToken)
    {
        if (!kibana.IsConfigured)
            return [];
        try
        {
            // Kibana's major version is always that of its cluster.
            var modern = features.Version.Major >= 8;
            var existing = modern ? await ListAsync(cancellationToken) : await ListIndexPatternsAsync(cancellationToken);
            List<ResourceReport> reports = [];
            foreach (var view in Desired)
                reports.Add(await RunAsync(view, existing, modern, apply, cancellationToken));
            return reports;
        }
        catch (KibanaException e)
        {
            return [.. Desired.Select(view => new ResourceReport(Kind, view.Pattern, ResourceState.Failed) { Sentence = e.Message, Exists = null })];
        }
    }

    private async Task<ResourceReport> RunAsync(
        DataView view, HashSet<string> existing, bool modern, bool apply, CancellationToken cancellationToken)
    {
        var report = new ResourceReport(Kind, view.Pattern, ResourceState.InPlace);
        if (existing.Contains(view.Pattern))
            return report;
        if (!apply)
        {
            return report with
            {
                State = ResourceState.Missing,
                Exists = false,
                Differences = [new FieldDifference("timeFieldName", null, DataView.TimeField)],
            };
        }

        await (modern ? CreateAsync(view, cancellationToken) : CreateIndexPatternAsync(view, cancellationToken));
        return report with { Change = ResourceChange.Created };
    }

    private async Task<HashSet<string>> ListAsync(CancellationToken cancellationToken)
    {
        var answer = await kibana.GetAsync("/api/data_views", cancellationToken);
        return Titles(answer["data_view"], view => view["title"]);
    }

    private Task CreateAsync(DataView view, CancellationToken cancellationToken) =>
        kibana.CreateAsync(
            "/api/data_views/data_view",
            new JsonObject
            {
                ["data_view"] = new JsonObject
                {
                    ["id"] = view.Id,
                    ["title"] = view.Pattern,
                    ["name"] = view.Label,
                    ["timeFieldName"] = DataView.TimeField,
                    ["allowNoIndex"] = true,
                },
                ["override"] = false,
            },
            cancellationToken);

    private async Task<HashSet<string>> ListIndexPatternsAsync(CancellationToken cancellationToken)
    {
        var answer = await kibana.GetAsync("/api/saved_objects/_find?type=index-pattern&fields=title&per_page=10000", cancellationToken);
        return Titles(answer["saved_objects"], saved => saved.At("attributes").At("title"));
    }

    private Task CreateIndexPatternAsync(DataView view, CancellationToken cancellationToken) =>
        kibana.CreateAsync(
            $"/api/saved_objects/index-pattern/{view.Id}",
            new JsonObject { ["attributes"] = new JsonObject { ["title"] = view.Pattern, ["timeFieldName"] = DataView.TimeField } },
            cancellationToken);

    private static HashSet<string> Titles(JsonNode? list, Func<JsonNode, JsonNode?> title) =>
        [.. list.Objects().Select(title).Select(PeerJson.Text).OfType<string>()];
}
