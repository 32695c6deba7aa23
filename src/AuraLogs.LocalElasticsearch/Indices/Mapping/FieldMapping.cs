using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>A field of a mapping, or one of its <c>fields</c>.</summary>
internal sealed class FieldMapping : MappingEntry
{
    public FieldMapping(string path, string sourcePath, int id, string type, JsonObject parameters)
        : base(path)
    {
        SourcePath = sourcePath;
        Id = id;
        Type = type;
        Parameters = parameters;
        Family = FieldTypes.FamilyOf(type);
        IgnoreAbove = parameters["ignore_above"]?.GetValue<int>() ?? int.MaxValue;
        IsIndexed = Json.Flag(parameters["index"]) ?? true;
        IgnoresMalformed = Json.Flag(parameters["ignore_malformed"]);
        Coerces = Json.Flag(parameters["coerce"]) ?? true;
        NullValue = Json.Scalar(parameters["null_value"]);
        DateFormat = DateFormat.Parse(Json.Scalar(parameters["format"]) ?? DateFormat.Default);
        LowerCases = Json.Scalar(parameters["normalizer"]) == "lowercase";
        ScalingFactor = parameters["scaling_factor"] is { } factor ? double.Parse(Json.Scalar(factor)!, System.Globalization.CultureInfo.InvariantCulture) : 1;
        IsSimpleText = Json.Scalar(parameters["analyzer"]) is "keyword";
    }

    /// <summary>Where its value lies in a document: a multi-field has the path of the field it belongs to.</summary>
    public string SourcePath { get; }

    /// <summary>The number under which the shard knows the field.</summary>
    public int Id { get; }

    public string Type { get; }

    public FieldFamily Family { get; }

    /// <summary>The mapping's own words, without <c>type</c> and <c>fields</c>.</summary>
    public JsonObject Parameters { get; }

    /// <summary>The same value under other types: <c>fields</c>.</summary>
    public List<FieldMapping> MultiFields { get; } = [];

    public int IgnoreAbove { get; }

    public bool IsIndexed { get; }

    /// <summary>Null: as the index's <c>index.mapping.ignore_malformed</c> says.</summary>
    public bool? IgnoresMalformed { get; }

    public bool Coerces { get; }

    public string? NullValue { get; }

    public DateFormat DateFormat { get; }

    public bool LowerCases { get; }

    public double ScalingFactor { get; }

    /// <summary>A text whose analyzer keeps it whole.</summary>
    public bool IsSimpleText { get; }

    /// <summary>Whether it and its multi-fields only have terms.</summary>
    public bool HasTermsOnly => IsTextual && MultiFields.TrueForAll(multiField => multiField.IsTextual);

    private bool IsTextual => Family is FieldFamily.Text or FieldFamily.Keyword;

    /// <summary>Numbers lie in columns, everything else in postings.</summary>
    public bool IsNumeric => Family is FieldFamily.Integer or FieldFamily.Real or FieldFamily.Date or FieldFamily.Boolean;

    public override JsonObject ToJson()
    {
        JsonObject json = new() { ["type"] = Type };
        foreach ((string name, JsonNode? value) in Parameters)
            json[name] = value?.DeepClone();
        if (MultiFields.Count > 0)
        {
            JsonObject fields = [];
            foreach (FieldMapping field in MultiFields)
                fields[field.Name] = field.ToJson();
            json["fields"] = fields;
        }

        return json;
    }
}
