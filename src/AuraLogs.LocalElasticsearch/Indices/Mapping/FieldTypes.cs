namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>The field types and what they are indexed as.</summary>
internal static class FieldTypes
{
    private static readonly Dictionary<string, FieldFamily> Families = new()
    {
        ["text"] = FieldFamily.Text,
        ["match_only_text"] = FieldFamily.Text,
        ["annotated_text"] = FieldFamily.Text,
        ["search_as_you_type"] = FieldFamily.Text,
        ["keyword"] = FieldFamily.Keyword,
        ["constant_keyword"] = FieldFamily.Keyword,
        ["wildcard"] = FieldFamily.Keyword,
        ["version"] = FieldFamily.Keyword,
        ["ip"] = FieldFamily.Ip,
        ["flattened"] = FieldFamily.Flattened,
        ["long"] = FieldFamily.Integer,
        ["integer"] = FieldFamily.Integer,
        ["short"] = FieldFamily.Integer,
        ["byte"] = FieldFamily.Integer,
        ["unsigned_long"] = FieldFamily.Real,
        ["double"] = FieldFamily.Real,
        ["float"] = FieldFamily.Real,
        ["half_float"] = FieldFamily.Real,
        ["scaled_float"] = FieldFamily.Real,
        ["date"] = FieldFamily.Date,
        ["date_nanos"] = FieldFamily.Date,
        ["boolean"] = FieldFamily.Boolean,
        ["binary"] = FieldFamily.Stored,
        ["geo_point"] = FieldFamily.Stored,
        ["geo_shape"] = FieldFamily.Stored,
    };

    public static bool Exists(string type) => Families.ContainsKey(type);

    public static FieldFamily FamilyOf(string type) => Families[type];

    /// <summary>What <c>_field_caps</c> calls the type: types of one family answer alike.</summary>
    public static string CapabilityOf(string type) => type switch
    {
        "match_only_text" or "annotated_text" => "text",
        "constant_keyword" or "wildcard" => "keyword",
        _ => type,
    };
}
