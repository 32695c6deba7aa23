using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Indices.Mapping;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary><c>fields</c> and <c>docvalue_fields</c>: values by path, always in arrays, dates in the format asked for.</summary>
internal static class FetchedFields
{
    public static JsonObject Of(SearchRequest request, SearchContext context, StoredDocument document)
    {
        JsonObject fields = [];
        if (request.DocValueFields is null && request.Fields is null)
            return fields;
        using JsonDocument source = JsonDocument.Parse(document.Source, new JsonDocumentOptions { MaxDepth = Json.MaxDepth });
        Add(fields, request.DocValueFields, context, source.RootElement, docValues: true);
        Add(fields, request.Fields, context, source.RootElement, docValues: false);
        return fields;
    }

    private static void Add(JsonObject fields, JsonArray? wanted, SearchContext context, JsonElement source, bool docValues)
    {
        foreach (JsonNode? item in wanted ?? [])
        {
            string pattern = (item is JsonObject options ? Json.Scalar(options["field"]) : Json.Scalar(item)) ?? "";
            string? format = item is JsonObject with ? Json.Scalar(with["format"]) : null;
            foreach (FieldMapping field in context.Mapping.Fields)
            {
                if (!Wildcard.IsMatch(pattern, field.Path))
                    continue;
                if (docValues && field.Family == FieldFamily.Text)
                {
                    if (!Wildcard.IsPattern(pattern))
                        throw Fielddata.IsDisabled(field.Path);
                    continue;
                }

                JsonArray values = [];
                SourceValues.Visit(source, field.SourcePath, leaf => Add(values, field, SourceValues.Text(leaf), leaf, format, docValues));
                if (values.Count > 0)
                    fields[field.Path] = values;
            }
        }
    }

    private static void Add(JsonArray values, FieldMapping field, string text, JsonElement leaf, string? format, bool docValues)
    {
        switch (field.Family)
        {
            case FieldFamily.Date:
                if (!field.DateFormat.TryParse(text, out Int128 nanos))
                    return;
                DateFormat output = format is null or "use_field_mapping" ? field.DateFormat : DateFormat.Parse(format);
                values.Add(output.Format((long)(nanos / 1_000_000)));
                return;
            case FieldFamily.Keyword when text.Length > field.IgnoreAbove:
                return;
            case FieldFamily.Integer when docValues && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number):
                values.Add(long.TryParse(text, out long whole) ? whole : (long)number);
                return;
            case FieldFamily.Integer or FieldFamily.Real or FieldFamily.Boolean when leaf.ValueKind != JsonValueKind.String:
                values.Add(JsonNode.Parse(leaf.GetRawText()));
                return;
            default:
                values.Add(text);
                return;
        }
    }
}
