using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// The documents of one index and what finds them again: one SQLite file.
/// <code>
/// docs(seq, id, version, source)       the living documents; seq is the document's number and its _seq_no
/// deleted(seq)                         numbers that no living document has: replaced, deleted, or a delete's own
/// tombstones(id, version, at)          versions of deleted documents, kept for a minute as Elasticsearch does
/// segments(first)                      the flushes, by the first document of each
/// terms(segment, first, data)          inverted index: <see cref="TermBlock"/>s by their first term, see <see cref="Term"/>
/// columns(field, first, low, high, data)  numbers and dates: a <see cref="ColumnBlock"/> a field and flush
/// meta(key, value)                     settings, mapping, aliases; "indexed": documents from this number on are not flushed
/// </code>
/// Invariants: every number below <see cref="NextNumber"/> is in docs or in deleted; segments and columns hold exactly
/// the numbers below "indexed", also of documents deleted since; the buffer holds the rest. Documents are durable when
/// a transaction commits, the index catches up in flushes and is rebuilt from the documents after a crash.
/// All access is under <see cref="Gate"/>, but for that of readers once they are open.
/// </summary>
internal sealed class Shard : IDisposable
{
    /// <summary>A flush comes after this many documents or terms: blocks long enough, memory small enough.</summary>
    private const int FlushDocuments = 8192;
    private const int FlushTerms = 400_000;
    private const int TombstoneLifetimeMillis = 60_000;

    /// <summary>More connections for reading than this are closed again after use.</summary>
    private const int IdleReaders = 4;

    private readonly SqliteConnection _db;
    private readonly Statement _insert;
    private readonly Statement _find;
    private readonly Statement _byNumber;
    private readonly Statement _insertTerms;
    private readonly Stack<ShardReader> _idle = [];
    private SqliteTransaction? _transaction;
    private DocSet _live = new(0);
    private bool _hasTombstones;
    private bool _isDisposed;

    public Shard(string path)
    {
        Path = path;
        _db = Sqlite.Open(path);
        _db.Execute("""
            CREATE TABLE IF NOT EXISTS docs(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, source BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS deleted(seq INTEGER PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS tombstones(id TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS segments(first INTEGER PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS terms(segment INTEGER, first BLOB, data BLOB NOT NULL, PRIMARY KEY(segment, first)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS columns(field INTEGER, first INTEGER, low INTEGER NOT NULL, high INTEGER NOT NULL,
                data BLOB NOT NULL, PRIMARY KEY(field, first));
            CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT);
            """);
        ForgetOldIndex();
        _insert = new Statement(_db, "INSERT OR IGNORE INTO docs(seq, id, version, source) VALUES(?, ?, ?, ?)");
        _find = new Statement(_db, "SELECT seq, version FROM docs WHERE id = ?");
        _byNumber = new Statement(_db, "SELECT id, version, source FROM docs WHERE seq = ?");
        _insertTerms = new Statement(_db, "INSERT INTO terms(segment, first, data) VALUES(?, ?, ?)");
        Load();
    }

    public string Path { get; }

    public Lock Gate { get; } = new();

    /// <summary>The terms and numbers that are not flushed yet.</summary>
    public IndexBuffer Buffer { get; private set; } = new();

    public int NextNumber { get; private set; }

    public int Count { get; private set; }

    public int Deleted => NextNumber - Count;

    /// <summary>The size of its file on disk.</summary>
    public long SizeInBytes => new FileInfo(Path).Length;

    public void Begin()
    {
        // A full disk may hold the flush back, but not until memory is full as well.
        if (Buffer.Documents >= 4 * FlushDocuments)
            Flush();
        _transaction ??= _db.BeginTransaction();
    }

    public void Commit()
    {
        _transaction?.Commit();
        EndTransaction();
        FlushWhenFull();
    }

    /// <summary>Takes back what was written since <see cref="Begin"/>; the caller indexes <see cref="Unindexed"/> again.</summary>
    public void Rollback()
    {
        EndTransaction();
        Buffer = new IndexBuffer();
        Load();
    }

    public (int Number, long Version)? Find(string id)
    {
        bool found = _find.Bind(1, id).Step();
        (int Number, long Version)? document = found ? ((int)_find.Integer(0), _find.Integer(1)) : null;
        _find.Reset();
        return document;
    }

    public StoredDocument? Get(int number) => StoredDocument.Read(_byNumber, number);

    public StoredDocument? Get(string id) => Find(id) is { } found ? Get(found.Number) : null;

    /// <summary>The version that a document of this id had before it was deleted; 0 when it is long ago.</summary>
    public long VersionBefore(string id) =>
        _hasTombstones ? (long?)_db.Scalar("SELECT version FROM tombstones WHERE id = $0", id) ?? 0 : 0;

    /// <summary>
    /// Stores a document under the next number, in place of the one that has its id; null when it is to replace none and there is one.
    /// </summary>
    public int? Put(string id, long version, ReadOnlySpan<byte> source, ParsedDocument parsed, int? replaces)
    {
        if (replaces is { } old)
            Bury(old);
        else if (version > 1)
            _db.Execute("DELETE FROM tombstones WHERE id = $0", id);
        int number = NextNumber;
        if (_insert.Bind(1, number).Bind(2, id).Bind(3, version).Bind(4, source).Run() == 0)
            return null;
        NextNumber++;
        _live.Add(number);
        Count++;
        Buffer.Add(number, parsed);
        return number;
    }

    /// <summary>Deletes a document, or only notes the attempt, which takes a number as well.</summary>
    public int Delete(string id, long version, int? number, DateTimeOffset now)
    {
        if (number is { } found)
            Bury(found);
        long at = now.ToUnixTimeMilliseconds();
        _db.Execute("DELETE FROM tombstones WHERE at < $0", at - TombstoneLifetimeMillis);
        _db.Execute("INSERT OR REPLACE INTO tombstones(id, version, at) VALUES($0, $1, $2)", id, version, at);
        _hasTombstones = true;
        int own = NextNumber++;
        _db.Execute("INSERT INTO deleted(seq) VALUES($0)", own);
        return own;
    }

    public string? GetMeta(string key) => (string?)_db.Scalar("SELECT value FROM meta WHERE key = $0", key);

    public void SetMeta(string key, string value) => _db.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES($0, $1)", key, value);

    /// <summary>Documents that neither a flush nor the buffer has yet, the next of them in their order, at most so many.</summary>
    public List<StoredDocument> Unindexed(int count)
    {
        int from = Buffer.Documents > 0 ? Buffer.Last + 1 : IndexedBefore();
        using SqliteCommand command = _db.Prepare(
            "SELECT seq, id, version, source FROM docs WHERE seq >= $0 ORDER BY seq LIMIT $1", from, count);
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredDocument> documents = [];
        while (reader.Read())
            documents.Add(new StoredDocument(reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), (byte[])reader[3]));
        return documents;
    }

    public void Reindex(int number, ParsedDocument parsed) => Buffer.Add(number, parsed);

    /// <summary>Flushes when it is time; on a full disk later, since the documents are safe and their index can be made again.</summary>
    public void FlushWhenFull()
    {
        if (Buffer.Documents < FlushDocuments && Buffer.Terms < FlushTerms)
            return;
        try
        {
            Flush();
        }
        catch (SqliteException e) when (Sqlite.IsDiskFull(e))
        {
        }
    }

    /// <summary>Makes a segment of the buffer.</summary>
    public void Flush()
    {
        if (Buffer.Documents == 0)
            return;
        using SqliteTransaction transaction = _db.BeginTransaction();
        Buffer.WriteTerms(new TermBlockWriter(Buffer.First, _insertTerms));
        foreach ((int field, List<int> docs, List<long> values) in Buffer.Columns())
        {
            byte[] data = ColumnBlock.Encode(CollectionsMarshal.AsSpan(docs), CollectionsMarshal.AsSpan(values));
            _db.Execute(
                "INSERT INTO columns(field, first, low, high, data) VALUES($0, $1, $2, $3, $4)", field, docs[0], values.Min(), values.Max(), data);
        }

        _db.Execute("INSERT INTO segments(first) VALUES($0)", Buffer.First);
        _db.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES('indexed', $0)", (Buffer.Last + 1).ToString(CultureInfo.InvariantCulture));
        transaction.Commit();
        Buffer = new IndexBuffer();
    }

    /// <summary>The index as it is now, for a search that needs the gate no more.</summary>
    public ShardReader OpenReader()
    {
        ShardReader? reader;
        lock (_idle)
            _idle.TryPop(out reader);
        reader ??= new ShardReader(this);
        try
        {
            reader.Begin(Buffer, _live.Clone(), NextNumber, Count);
            return reader;
        }
        catch
        {
            reader.Close();
            throw;
        }
    }

    /// <summary>Takes a reader back; not under the gate.</summary>
    public void Return(ShardReader reader)
    {
        lock (_idle)
            if (!_isDisposed && _idle.Count < IdleReaders)
            {
                _idle.Push(reader);
                return;
            }

        reader.Close();
    }

    /// <summary>A copy of the file as it is now, everything flushed.</summary>
    public void CopyTo(string path)
    {
        Flush();
        using SqliteConnection copy = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        copy.Open();
        _db.BackupDatabase(copy);
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _isDisposed = true;
            while (_idle.TryPop(out ShardReader? reader))
                reader.Close();
        }

        EndTransaction();
        _insert.Dispose();
        _find.Dispose();
        _byNumber.Dispose();
        _insertTerms.Dispose();
        _db.Dispose();
    }

    private void Bury(int number)
    {
        _db.Execute("DELETE FROM docs WHERE seq = $0", number);
        _db.Execute("INSERT INTO deleted(seq) VALUES($0)", number);
        _live.Remove(number);
        Count--;
    }

    private void Load()
    {
        NextNumber = Math.Max(NextOf("docs"), NextOf("deleted"));
        _live = DocSet.All(NextNumber);
        Count = NextNumber;
        _hasTombstones = _db.Scalar("SELECT 1 FROM tombstones LIMIT 1") is not null;
        using SqliteCommand command = _db.Prepare("SELECT seq FROM deleted");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            _live.Remove(reader.GetInt32(0));
            Count--;
        }
    }

    /// <summary>A file from before there were segments is indexed anew from its documents.</summary>
    private void ForgetOldIndex()
    {
        if (_db.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'postings'") is not null)
            _db.Execute("BEGIN; DROP TABLE postings; DELETE FROM columns; DELETE FROM meta WHERE key = 'indexed'; COMMIT");
    }

    private int NextOf(string table) => _db.Scalar($"SELECT max(seq) FROM {table}") is long last ? (int)last + 1 : 0;

    private int IndexedBefore() =>
        GetMeta("indexed") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>A transaction that was not committed is rolled back.</summary>
    private void EndTransaction()
    {
        _transaction?.Dispose();
        _transaction = null;
    }
}
