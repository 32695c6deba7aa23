using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Cluster;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Templates;

/// <summary><c>_template</c>, <c>_index_template</c>, <c>_component_template</c>, and what they would do.</summary>
internal sealed class TemplateApi(ClusterStore store, ClusterSettings settings, TemplateCatalog templates, ElasticsearchVersion version)
{
    public void Register(Router router)
    {
        router.Add("PUT|POST", "/_template/{name}", "order create timeout master_timeout include_type_name cause", PutLegacy);
        router.Add("GET", "/_template /_template/{name}", "flat_settings local master_timeout include_type_name", GetLegacy);
        router.Add("DELETE", "/_template/{name}", "timeout master_timeout", DeleteLegacy);
        if (!version.HasComposableTemplates)
            return;
        router.Add("PUT|POST", "/_index_template/{name}", "create timeout master_timeout cause", request => Put(request, TemplateCatalog.Composable));
        router.Add("GET", "/_index_template /_index_template/{name}", "flat_settings local master_timeout include_defaults",
            request => Get(request, TemplateCatalog.Composable));
        router.Add("DELETE", "/_index_template/{name}", "timeout master_timeout", request => Delete(request, TemplateCatalog.Composable));
        router.Add("PUT|POST", "/_component_template/{name}", "create timeout master_timeout cause", request => Put(request, TemplateCatalog.Component));
        router.Add("GET", "/_component_template /_component_template/{name}", "flat_settings local master_timeout include_defaults",
            request => Get(request, TemplateCatalog.Component));
        router.Add("DELETE", "/_component_template/{name}", "timeout master_timeout", request => Delete(request, TemplateCatalog.Component));
        router.Add("POST", "/_index_template/_simulate_index/{name}", "timeout master_timeout include_defaults cause", SimulateIndex);
        router.Add("POST", "/_index_template/_simulate /_index_template/_simulate/{name}", "create timeout master_timeout include_defaults cause", Simulate);
    }

    private RestResponse PutLegacy(RestRequest request)
    {
        CheckBlock();
        JsonObject body = request.RequiredBody();
        foreach ((string member, _) in body)
            if (member is not ("index_patterns" or "order" or "settings" or "mappings" or "aliases" or "version"))
                throw Errors.Parse($"unknown key [{member}] in the template ");
        List<string> patterns = Json.Strings(body["index_patterns"]);
        if (patterns.Count == 0)
            throw Errors.Validation("index patterns are missing");
        string name = request.Required("name");
        if (request.Flag("create") && store.Get(TemplateCatalog.Legacy, name) is not null)
            throw Errors.IllegalArgument($"index_template [{name}] already exists");
        JsonObject template = new()
        {
            ["order"] = body["order"]?.DeepClone() ?? request.Number("order") ?? 0,
            ["index_patterns"] = new JsonArray([.. patterns.Select(pattern => (JsonNode?)pattern)]),
            ["settings"] = Normalized(body["settings"] as JsonObject),
            ["mappings"] = Checked(body["mappings"] as JsonObject) ?? [],
            ["aliases"] = body["aliases"]?.DeepClone() ?? new JsonObject(),
        };
        if (body["version"] is { } number)
            template["version"] = number.DeepClone();
        store.Put(TemplateCatalog.Legacy, name, template);
        return RestResponse.Acknowledged;
    }

    private RestResponse GetLegacy(RestRequest request)
    {
        JsonObject found = [];
        foreach ((string name, JsonObject template) in Named(TemplateCatalog.Legacy, request["name"]))
        {
            if (request.Flag("flat_settings"))
                template["settings"] = Flat(template["settings"] as JsonObject);
            found[name] = template;
        }

        bool isMissing = found.Count == 0 && request["name"] is { } wanted && !Wildcard.IsPattern(wanted);
        return new RestResponse { Status = isMissing ? 404 : 200, Json = found };
    }

    private RestResponse DeleteLegacy(RestRequest request)
    {
        CheckBlock();
        List<(string Name, JsonObject)> named = Named(TemplateCatalog.Legacy, request["name"]);
        if (named.Count == 0)
            throw new ElasticsearchException(404, "index_template_missing_exception", $"index_template [{request["name"]}] missing");
        foreach ((string name, _) in named)
            store.Remove(TemplateCatalog.Legacy, name);
        return RestResponse.Acknowledged;
    }

    private RestResponse Put(RestRequest request, string kind)
    {
        CheckBlock();
        string name = request.Required("name");
        JsonObject template = Read(name, request.RequiredBody(), kind);
        bool exists = store.Get(kind, name) is not null;
        if (request.Flag("create") && exists)
            throw Errors.IllegalArgument($"{(kind == TemplateCatalog.Composable ? "index" : "component")} template [{name}] already exists");
        store.Put(kind, name, template);
        return RestResponse.Acknowledged;
    }

    private JsonObject Read(string name, JsonObject body, string kind)
    {
        bool isComposable = kind == TemplateCatalog.Composable;
        foreach ((string member, _) in body)
        {
            bool isKnown = member is "template" or "version" or "_meta" or "deprecated" or "allow_auto_create"
                || (isComposable && member is "index_patterns" or "priority" or "composed_of" or "data_stream" or "ignore_missing_component_templates");
            if (!isKnown)
                throw new ElasticsearchException(400, "x_content_parse_exception", $"[1:1] [{kind}] unknown field [{member}]");
        }

        JsonObject template = (JsonObject)body.DeepClone();
        if (template["template"] is JsonObject inner)
        {
            if (inner["settings"] is JsonObject given)
                inner["settings"] = Normalized(given);
            if (inner["mappings"] is JsonObject mappings)
                inner["mappings"] = Checked(mappings);
        }
        else if (!isComposable)
        {
            throw Errors.IllegalArgument("Required [template]");
        }

        return isComposable ? CheckComposable(name, template) : template;
    }

    private JsonObject CheckComposable(string name, JsonObject template)
    {
        List<string> patterns = Json.Strings(template["index_patterns"]);
        if (patterns.Count == 0)
            throw Errors.Validation("index patterns are missing");
        template["index_patterns"] = new JsonArray([.. patterns.Select(pattern => (JsonNode?)pattern)]);
        template["composed_of"] ??= new JsonArray();
        List<string> ignored = Json.Strings(template["ignore_missing_component_templates"]);
        List<string> missing = [.. Json.Strings(template["composed_of"])
            .Where(part => store.Get(TemplateCatalog.Component, part) is null && !ignored.Contains(part))];
        if (missing.Count > 0)
        {
            throw new ElasticsearchException(
                400, "invalid_index_template_exception",
                $"index_template [{name}] invalid, cause [index template [{name}] specifies component templates [{string.Join(", ", missing)}] that do not exist]");
        }

        foreach ((string other, JsonObject value) in store.All(TemplateCatalog.Composable))
        {
            bool overlaps = other != name && TemplateCatalog.PriorityOf(value) == TemplateCatalog.PriorityOf(template)
                && Json.Strings(value["index_patterns"]).Exists(a => patterns.Exists(b => Overlap(a, b)));
            if (overlaps)
            {
                throw Errors.IllegalArgument(
                    $"index template [{name}] has index patterns [{string.Join(", ", patterns)}] matching patterns from existing templates [{other}] with patterns "
                    + $"({other} => [{string.Join(", ", Json.Strings(value["index_patterns"]))}]) that have the same priority [{TemplateCatalog.PriorityOf(template)}], "
                    + "multiple index templates may not match during index creation, please use a different priority");
            }
        }

        return template;
    }

    private RestResponse Get(RestRequest request, string kind)
    {
        JsonArray found = [];
        foreach ((string name, JsonObject template) in Named(kind, request["name"]))
        {
            if (request.Flag("flat_settings") && template["template"] is JsonObject inner)
                inner["settings"] = Flat(inner["settings"] as JsonObject);
            found.Add(new JsonObject { ["name"] = name, [kind] = template });
        }

        if (found.Count == 0 && request["name"] is { } wanted && !Wildcard.IsPattern(wanted))
            throw Missing(kind, wanted);
        return new JsonObject { [kind + "s"] = found };
    }

    private RestResponse Delete(RestRequest request, string kind)
    {
        CheckBlock();
        string wanted = request.Required("name");
        List<(string Name, JsonObject)> named = Named(kind, wanted);
        if (named.Count == 0)
            throw Missing(kind, wanted);
        foreach ((string name, _) in named)
        {
            List<string> users = [.. store.All(TemplateCatalog.Composable).Where(t => Json.Strings(t.Value["composed_of"]).Contains(name)).Select(t => t.Name)];
            if (kind == TemplateCatalog.Component && users.Count > 0)
                throw Errors.IllegalArgument($"component templates [{name}] cannot be removed as they are still in use by index templates [{string.Join(", ", users)}]");
            store.Remove(kind, name);
        }

        return RestResponse.Acknowledged;
    }

    private RestResponse SimulateIndex(RestRequest request)
    {
        string index = request.Required("name");
        return templates.ComposableFor(index) is var (_, template) ? Resolved(index, template) : new JsonObject();
    }

    private RestResponse Simulate(RestRequest request)
    {
        JsonObject template;
        if (request["name"] is { } name && request.JsonBody() is null)
            template = store.Get(TemplateCatalog.Composable, name) ?? throw Errors.IllegalArgument($"unable to simulate template [{name}] that does not exist");
        else
            template = Read(request["name"] ?? "simulated", request.RequiredBody(), TemplateCatalog.Composable);
        return Resolved(Json.Strings(template["index_patterns"])[0].Replace("*", "simulated", StringComparison.Ordinal), template);
    }

    /// <summary>What a template amounts to with its components, and whom it wins over.</summary>
    private JsonObject Resolved(string index, JsonObject template)
    {
        IndexSettings merged = new();
        IndexMapping mapping = new();
        JsonObject aliases = [];
        foreach (JsonObject layer in templates.LayersOf(template))
        {
            merged.Merge(layer["settings"] as JsonObject);
            if (layer["mappings"] is JsonObject mappings)
                mapping.Merge(mappings);
            foreach ((string alias, JsonNode? value) in layer["aliases"] as JsonObject ?? [])
                aliases[alias] = value?.DeepClone();
        }

        JsonArray overlapping = [];
        foreach (string kind in (string[])[TemplateCatalog.Legacy, TemplateCatalog.Composable])
            foreach ((string name, JsonObject other) in store.All(kind))
                if (!JsonNode.DeepEquals(other, template) && Json.Strings(other["index_patterns"]).Exists(pattern => Wildcard.IsMatch(pattern, index)))
                    overlapping.Add(new JsonObject { ["name"] = name, ["index_patterns"] = other["index_patterns"]!.DeepClone() });
        return new JsonObject
        {
            ["template"] = new JsonObject { ["settings"] = merged.ToJson(), ["mappings"] = mapping.ToJson(), ["aliases"] = aliases },
            ["overlapping"] = overlapping,
        };
    }

    private List<(string Name, JsonObject Value)> Named(string kind, string? wanted)
    {
        List<string> patterns = wanted is null ? ["*"] : Json.Strings(wanted);
        return [.. store.All(kind).Where(entry => patterns.Exists(pattern => Wildcard.IsMatch(pattern, entry.Name)))];
    }

    private void CheckBlock()
    {
        if (settings["cluster.blocks.read_only"] == "true")
            throw IndexBlocks.ClusterReadOnly();
    }

    /// <summary>Refuses settings that an index could not be created with.</summary>
    private static JsonObject Normalized(JsonObject? given)
    {
        IndexSettings checkedSettings = new();
        checkedSettings.Merge(given);
        return checkedSettings.ToJson();
    }

    /// <summary>Refuses a mapping that an index could not be created with; it is kept as it was written.</summary>
    private static JsonObject? Checked(JsonObject? mappings)
    {
        if (IndexCatalog.Untyped(mappings) is not { } untyped)
            return null;
        new IndexMapping().Merge(untyped);
        return (JsonObject)untyped.DeepClone();
    }

    private static JsonObject Flat(JsonObject? nested)
    {
        IndexSettings flat = new();
        flat.Merge(nested);
        return flat.ToJson(flat: true);
    }

    /// <summary>Whether some name could match both patterns; patterns with stars at their ends only are decided exactly.</summary>
    private static bool Overlap(string a, string b)
    {
        string x = a.Split('*')[0], y = b.Split('*')[0];
        if (!Wildcard.IsPattern(a) || !Wildcard.IsPattern(b))
            return Wildcard.IsMatch(a, b) || Wildcard.IsMatch(b, a);
        return x.StartsWith(y, StringComparison.Ordinal) || y.StartsWith(x, StringComparison.Ordinal);
    }

    private static ElasticsearchException Missing(string kind, string name) =>
        Errors.NotFound(kind == TemplateCatalog.Composable ? $"index template matching [{name}] not found" : $"component template matching [{name}] not found");
}
