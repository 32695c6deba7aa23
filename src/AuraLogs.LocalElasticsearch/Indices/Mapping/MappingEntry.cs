using System.Text;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Indices.Mapping;

/// <summary>A field or an object of a mapping.</summary>
internal abstract class MappingEntry(string path)
{
    /// <summary>The full name, with dots.</summary>
    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    public byte[] Utf8Name => Encoding.UTF8.GetBytes(Name);

    /// <summary>The object of the document, by a running number, in which this name was seen last: twice in one is an error.</summary>
    public long SeenIn { get; set; }

    public abstract JsonObject ToJson();
}
