using System.Text.Json.Nodes;
using AuraLogs.LocalElasticsearch.Indices;
using AuraLogs.LocalElasticsearch.Storage;

namespace AuraLogs.LocalElasticsearch.Tests.Search;

/// <summary>A search reads what was there when it began, and holds no write up.</summary>
public sealed class SearchBesideWritesTests : IDisposable
{
    private static readonly ElasticsearchVersion Version = new(8, 19, 0);

    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".db");
    private readonly LocalIndex _index;

    public SearchBesideWritesTests() => _index = LocalIndex.Create(
        _path,
        new JsonObject
        {
            ["name"] = "logs",
            ["uuid"] = "u",
            ["settings"] = new JsonObject(),
            ["mappings"] = new JsonObject(),
            ["aliases"] = new JsonObject(),
        },
        Version);

    public void Dispose()
    {
        lock (_index.Shard.Gate)
            _index.Delete();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reader_sees_its_moment_whatever_is_written_or_flushed_meanwhile(bool isFlushed)
    {
        Write("a", "b");
        using ShardReader before = _index.OpenReader();

        // All of this happens while the search is under way: nothing waits for it.
        Write("c");
        if (isFlushed)
            Locked(_index.Shard.Flush);
        Write("d");
        Locked(() => _index.Shard.Delete("a", 2, 0, DateTimeOffset.UnixEpoch));

        Assert.Equal([0, 1], Found(before));
        Assert.Equal("a", before.Get(0)!.Id);
        using ShardReader after = _index.OpenReader();
        Assert.Equal([1, 2, 3], Found(after));
        Assert.Null(after.Get(0));
    }

    [Fact]
    public void A_reader_goes_on_when_its_index_is_deleted()
    {
        Write("a");
        Locked(_index.Shard.Flush);
        using ShardReader reader = _index.OpenReader();
        Locked(_index.Delete);
        Assert.Equal([0], Found(reader));
    }

    private void Locked(Action action)
    {
        lock (_index.Shard.Gate)
            action();
    }

    private void Write(params string[] ids) => Locked(() =>
    {
        _index.Shard.Begin();
        foreach (string id in ids)
        {
            byte[] source = """{"text":"same word"}"""u8.ToArray();
            _index.Parser.Parse(id, source, _index.Shard.Buffer);
            Assert.NotNull(_index.Shard.Put(id, 1, source, _index.Parser.Parsed, null));
        }

        _index.Shard.Commit();
    });

    private List<int> Found(ShardReader reader)
    {
        DocSet docs = new(reader.NextNumber);
        reader.AddTo(docs, Term.Of(_index.Mapping.Field("text")!.Id, Term.Value, "word"));
        docs.IntersectWith(reader.Live);
        return [.. docs.Members()];
    }
}
