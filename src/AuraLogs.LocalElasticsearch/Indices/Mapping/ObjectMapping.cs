using System.Text;
using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>An object of a mapping: names to fields and objects.</summary>
internal sealed class ObjectMapping(string path) : MappingEntry(path)
{
    private readonly Dictionary<byte[], MappingEntry> _entries = new(TermComparer.Instance);

    /// <summary><c>object</c> or <c>nested</c>.</summary>
    public string Type { get; init; } = "object";

    /// <summary><c>false</c>: kept in the source, not looked into.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary><c>true</c>, <c>false</c>, <c>strict</c>, <c>runtime</c>; null: as the parent says.</summary>
    public string? Dynamic { get; set; }

    /// <summary>The fields and objects, ordered by name as Elasticsearch lists them.</summary>
    public IEnumerable<MappingEntry> Entries => _entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal);

    public MappingEntry? Find(ReadOnlySpan<byte> name) =>
        _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out MappingEntry? entry) ? entry : null;

    public MappingEntry? Find(string name) => Find(Encoding.UTF8.GetBytes(name));

    public void Add(MappingEntry entry) => _entries[entry.Utf8Name] = entry;

    public void Remove(MappingEntry entry) => _entries.Remove(entry.Utf8Name);

    public string PathOf(string name) => Path.Length == 0 ? name : Path + "." + name;

    public override JsonObject ToJson()
    {
        JsonObject json = [];
        if (Type != "object" || !IsEnabled || (_entries.Count == 0 && Path.Length > 0))
            json["type"] = Type;
        if (Dynamic is not null)
            json["dynamic"] = Dynamic;
        if (!IsEnabled)
            json["enabled"] = false;
        if (_entries.Count > 0)
        {
            JsonObject properties = [];
            foreach (MappingEntry entry in Entries)
                properties[entry.Name] = entry.ToJson();
            json["properties"] = properties;
        }

        return json;
    }
}
