using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Rest;
using AuraLogs.LocalElasticsearch.Storage;
using Microsoft.Data.Sqlite;

namespace AuraLogs.LocalElasticsearch.Cluster;

/// <summary>
/// What belongs to no index, in <c>cluster.db</c>: <c>state(kind, name, json)</c>, for instance templates, policies,
/// repositories and persistent settings. Each change is synced before it is acknowledged.
/// </summary>
internal sealed class ClusterStore : IDisposable
{
    private readonly SqliteConnection _db;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Name), JsonObject> _state = [];

    public ClusterStore(string path)
    {
        _db = Sqlite.Open(path);
        _db.Execute("CREATE TABLE IF NOT EXISTS state(kind TEXT, name TEXT, json TEXT NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID");
        using SqliteCommand command = _db.Prepare("SELECT kind, name, json FROM state");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            _state[(reader.GetString(0), reader.GetString(1))] = (JsonObject)JsonNode.Parse(reader.GetString(2))!;
    }

    /// <summary>A copy of an entry.</summary>
    public JsonObject? Get(string kind, string name)
    {
        lock (_gate)
            return (JsonObject?)_state.GetValueOrDefault((kind, name))?.DeepClone();
    }

    /// <summary>Copies of a kind's entries, ordered by name.</summary>
    public List<(string Name, JsonObject Value)> All(string kind)
    {
        lock (_gate)
        {
            return [.. _state.Where(entry => entry.Key.Kind == kind)
                .OrderBy(entry => entry.Key.Name, StringComparer.Ordinal)
                .Select(entry => (entry.Key.Name, (JsonObject)entry.Value.DeepClone()))];
        }
    }

    public void Put(string kind, string name, JsonObject value)
    {
        lock (_gate)
        {
            _db.Execute("INSERT OR REPLACE INTO state(kind, name, json) VALUES($0, $1, $2)", kind, name, Json.ToText(value));
            _state[(kind, name)] = (JsonObject)value.DeepClone();
        }
    }

    public bool Remove(string kind, string name)
    {
        lock (_gate)
        {
            _db.Execute("DELETE FROM state WHERE kind = $0 AND name = $1", kind, name);
            return _state.Remove((kind, name));
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _db.Dispose();
    }
}
