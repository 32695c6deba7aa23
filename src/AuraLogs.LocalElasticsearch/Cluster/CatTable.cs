using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Rest;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>
/// The table of a <c>_cat</c> API: text in columns, or with <c>format=json</c> an array of objects, all values strings.
/// Takes <c>h</c> (columns), <c>s</c> (sort), <c>v</c> (header) and <c>bytes</c>.
/// </summary>
internal sealed class CatTable(params (string Name, bool IsRight)[] columns)
{
    public const string Parameters = "h s v bytes time help local master_timeout health pri include_unloaded_segments ts full_id expand_wildcards cluster_manager_timeout";

    private readonly List<string?[]> _rows = [];

    /// <summary>Columns that are only shown when asked for with <c>h</c>.</summary>
    public HashSet<string> Hidden { get; init; } = [];

    public void Add(params string?[] row) => _rows.Add(row);

    public RestResponse Render(RestRequest request)
    {
        List<int> shown = Shown(request["h"]);
        Sort(request["s"]);
        if (request["format"] == "json")
            return ToJson(shown);
        StringBuilder text = new();
        List<string?[]> rows = _rows;
        if (request.Flag("v"))
            rows = [[.. columns.Select(column => column.Name)], .. rows];
        int[] widths = [.. shown.Select(c => rows.Count == 0 ? 0 : rows.Max(row => row[c]?.Length ?? 0))];
        foreach (string?[] row in rows)
        {
            for (int i = 0; i < shown.Count; i++)
            {
                string cell = row[shown[i]] ?? "";
                text.Append(i > 0 ? " " : "").Append(columns[shown[i]].IsRight ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            }

            text.Append('\n');
        }

        return new RestResponse { Text = text.ToString() };
    }

    /// <summary>A size as <c>bytes</c> asks: <c>6.4kb</c>, or the bare number of the unit.</summary>
    public static string? Size(long? bytes, RestRequest request)
    {
        if (bytes is not { } size)
            return null;
        return request["bytes"] switch
        {
            "b" => size.ToString(CultureInfo.InvariantCulture),
            "kb" => (size >> 10).ToString(CultureInfo.InvariantCulture),
            "mb" => (size >> 20).ToString(CultureInfo.InvariantCulture),
            "gb" => (size >> 30).ToString(CultureInfo.InvariantCulture),
            _ => Human(size),
        };
    }

    public static string Human(long bytes)
    {
        string[] units = ["b", "kb", "mb", "gb", "tb"];
        double size = bytes;
        int unit = 0;
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        return (Math.Floor(size * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture) + units[unit];
    }

    private JsonArray ToJson(List<int> shown)
    {
        JsonArray json = [];
        foreach (string?[] row in _rows)
        {
            JsonObject one = [];
            foreach (int c in shown)
                one[columns[c].Name] = row[c];
            json.Add(one);
        }

        return json;
    }

    private List<int> Shown(string? wanted)
    {
        if (wanted is null)
            return [.. Enumerable.Range(0, columns.Length).Where(c => !Hidden.Contains(columns[c].Name))];
        List<int> shown = [];
        foreach (string pattern in Json.Strings(wanted))
            for (int c = 0; c < columns.Length; c++)
                if (!shown.Contains(c) && Wildcard.IsMatch(pattern, columns[c].Name))
                    shown.Add(c);
        return shown;
    }

    private void Sort(string? by)
    {
        if (by is null)
            return;
        string[] parts = by.Split(',')[0].Split(':');
        int column = Array.FindIndex(columns, c => c.Name == parts[0]);
        if (column < 0)
            throw new ElasticsearchException(500, "unsupported_operation_exception", $"Unable to sort by unknown sort key `{parts[0]}`");
        int sign = parts.Length > 1 && parts[1] == "desc" ? -1 : 1;
        List<string?[]> sorted = [.. _rows.Order(Comparer<string?[]>.Create((a, b) => sign * Compare(a[column], b[column])))];
        _rows.Clear();
        _rows.AddRange(sorted);
    }

    private static int Compare(string? a, string? b) =>
        long.TryParse(a, CultureInfo.InvariantCulture, out long x) && long.TryParse(b, CultureInfo.InvariantCulture, out long y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(a, b);
}
