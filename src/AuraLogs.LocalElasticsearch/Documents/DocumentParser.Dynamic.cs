using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Documents;

/// <content>Dynamic mapping: fields that the mapping does not have yet.</content>
internal sealed partial class DocumentParser
{
    private void AddDynamic(ref Utf8JsonReader reader, ObjectMapping parent, string name, int depth, long self)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartArray:
                AddDynamicArray(ref reader, parent, name, depth, self);
                return;
            case JsonTokenType.StartObject when FromTemplate(parent, name, "object", "") is not { } template
                || Json.Scalar(template["type"]) is null or "object":
                if (AddDynamicObject(parent, name, depth) is not { } made)
                {
                    reader.Skip();
                    return;
                }

                made.SeenIn = self;
                ParseObjectValue(ref reader, made, depth);
                return;
        }

        if (Define(ref reader, parent, name) is not { } definition || !Admits(parent, name))
        {
            reader.Skip();
            return;
        }

        FieldMapping field = mapping.AddField(parent, name, definition);
        _added.Add((parent, field));
        if (!CheckLimit(parent, field))
        {
            reader.Skip();
            return;
        }

        field.SeenIn = self;
        _current = field;
        ParseField(ref reader, field);
        _current = null;
    }

    private void AddDynamicArray(ref Utf8JsonReader reader, ObjectMapping parent, string name, int depth, long self)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (parent.Find(name))
            {
                case FieldMapping field:
                    ParseField(ref reader, field);
                    break;
                case ObjectMapping below:
                    ParseObjectValue(ref reader, below, depth);
                    break;
                default:
                    AddDynamic(ref reader, parent, name, depth, self);
                    break;
            }
        }
    }

    private ObjectMapping? AddDynamicObject(ObjectMapping parent, string name, int depth)
    {
        if (!Admits(parent, name))
            return null;
        ObjectMapping made = mapping.AddObject(parent, name);
        _added.Add((parent, made));
        if (depth >= settings.DepthLimit)
        {
            throw Errors.IllegalArgument(
                $"Limit of mapping depth [{settings.DepthLimit}] in index [{indexName}] has been exceeded due to object field [{parent.Path}]");
        }

        return CheckLimit(parent, made) ? made : null;
    }

    /// <summary>Whether <c>dynamic</c>, here or inherited, lets a new name into the mapping.</summary>
    private bool Admits(ObjectMapping parent, string name)
    {
        string dynamic = DynamicOf(parent);
        if (dynamic == "strict")
        {
            string within = parent.Path.Length == 0 ? "_doc" : parent.Path;
            throw new ElasticsearchException(
                400, "strict_dynamic_mapping_exception",
                (version.HasTypes ? "" : "[1:1] ") + $"mapping set to strict, dynamic introduction of [{name}] within [{within}] is not allowed");
        }

        return dynamic == "true" && !(settings.IgnoresDynamicBeyondLimit && mapping.Count >= settings.FieldLimit);
    }

    private string DynamicOf(ObjectMapping parent)
    {
        for (string path = parent.Path; ; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            ObjectMapping at = mapping.Root;
            foreach (string part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
                at = (ObjectMapping)at.Find(part)!;
            if (at.Dynamic is not null || path.Length == 0)
                return at.Dynamic ?? "true";
        }
    }

    private bool CheckLimit(ObjectMapping parent, MappingEntry entry)
    {
        if (mapping.Count <= settings.FieldLimit)
            return true;
        if (settings.IgnoresDynamicBeyondLimit)
        {
            mapping.Remove(parent, entry);
            _added.RemoveAt(_added.Count - 1);
            return false;
        }

        throw Errors.IllegalArgument($"Limit of total fields [{settings.FieldLimit}] in index [{indexName}] has been exceeded");
    }

    /// <summary>What a new field becomes: as the first matching dynamic template says, else by its JSON type; null to leave it out.</summary>
    private JsonObject? Define(ref Utf8JsonReader reader, ObjectMapping parent, string name)
    {
        (string matching, JsonObject byDefault) = Detect(ref reader);
        if (FromTemplate(parent, name, matching, Json.Scalar(byDefault["type"])!) is not { } template)
            return byDefault;
        if (template["type"] is null)
            template["type"] = Json.Scalar(byDefault["type"]);
        return template;
    }

    private (string Matching, JsonObject ByDefault) Detect(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return ("boolean", Type("boolean"));
            case JsonTokenType.Number:
                bool isWhole = reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
                return isWhole ? ("long", Type("long")) : ("double", Type("float"));
            case JsonTokenType.StartObject:
                return ("object", Type("object"));
        }

        ReadOnlySpan<char> text = TextOf(ref reader);
        if (mapping.DetectsDates && text.Length >= 10 && char.IsAsciiDigit(text[0]) && DateFormat.Parse("strict_date_optional_time").TryParse(text, out _))
            return ("date", Type("date"));
        if (mapping.DetectsDates && text.Length >= 10 && text[4] == '/' && DateFormat.Parse("yyyy/MM/dd HH:mm:ss||yyyy/MM/dd").TryParse(text, out _))
            return ("date", new JsonObject { ["type"] = "date", ["format"] = "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis" });
        if (mapping.DetectsNumbers && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return ("long", Type("long"));
        if (mapping.DetectsNumbers && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return ("double", Type("float"));
        return ("string", DynamicString());
    }

    private JsonObject? FromTemplate(ObjectMapping parent, string name, string matching, string type)
    {
        if (mapping.RootParameters["dynamic_templates"] is not JsonArray templates)
            return null;
        string path = parent.PathOf(name);
        foreach (JsonNode? item in templates)
        {
            JsonObject rule = (JsonObject)((JsonObject)item!).First().Value!;
            bool applies = Any(rule["match"], name, true) && Any(rule["path_match"], path, true)
                && Any(rule["match_mapping_type"], matching, true)
                && !Any(rule["unmatch"], name, false) && !Any(rule["path_unmatch"], path, false);
            if (!applies || rule["mapping"] is not JsonObject definition)
                continue;
            string text = Json.ToText(definition).Replace("{name}", name, StringComparison.Ordinal).Replace("{dynamic_type}", type, StringComparison.Ordinal);
            return (JsonObject)JsonNode.Parse(text)!;
        }

        return null;
    }

    private static bool Any(JsonNode? patterns, string text, bool whenAbsent) =>
        patterns is null ? whenAbsent : Json.Strings(patterns).Exists(pattern => Wildcard.IsMatch(pattern, text));
}
