using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Search;

/// <summary>A document's value for one criterion: a number, a text, or nothing.</summary>
internal readonly record struct SortValue(double? Number, long? Whole, string? Text)
{
    public static readonly SortValue None = new(null, null, null);

    public bool IsNone => Number is null && Whole is null && Text is null;

    public static SortValue Of(long whole) => new(null, whole, null);

    public static SortValue Of(double number) => new(number, null, null);

    public static SortValue Of(string text) => new(null, null, text);

    /// <summary>Ascending; nothing comes last or first, whatever the direction.</summary>
    public static int Compare(SortValue a, SortValue b, SortKey key)
    {
        if (a.IsNone || b.IsNone)
        {
            int missing = a.IsNone.CompareTo(b.IsNone);
            return key.Missing == "_first" ? -missing : missing;
        }

        int order = a.Text is not null || b.Text is not null
            ? string.CompareOrdinal(a.Text ?? a.ToString(), b.Text ?? b.ToString())
            : a.Whole is { } x && b.Whole is { } y
                ? x.CompareTo(y)
                : (a.Number ?? a.Whole!.Value).CompareTo(b.Number ?? b.Whole!.Value);
        return key.IsDescending ? -order : order;
    }

    public JsonNode? ToJson() => Text is not null ? Text : Whole is { } whole ? whole : Number is { } number ? number : null;
}
