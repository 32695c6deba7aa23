using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// The documents of one index and what finds them again: one SQLite file.
/// <code>
/// docs(seq, id, version, source)       the living documents; seq is the document's number and its _seq_no
/// deleted(seq)                         numbers that no living document has: replaced, deleted, or a delete's own
/// tombstones(id, version, at)          versions of deleted documents, kept for a minute as Elasticsearch does
/// postings(term, first, docs)          inverted index: a <see cref="PostingsBlock"/> a term and flush, see <see cref="Term"/>
/// columns(field, first, low, high, data)  numbers and dates: a <see cref="ColumnBlock"/> a field and flush
/// meta(key, value)                     settings, mapping, aliases; "indexed": documents from this number on are not flushed
/// </code>
/// Invariants: every number below <see cref="NextNumber"/> is in docs or in deleted; postings and columns hold exactly
/// the numbers below "indexed", also of documents deleted since; the buffer holds the rest. Documents are durable when
/// a transaction commits, the index catches up in flushes and is rebuilt from the documents after a crash.
/// All access is under <see cref="Gate"/>.
/// </summary>
internal sealed class Shard : IDisposable
{
    /// <summary>A flush comes after this many documents or terms: blocks long enough, memory small enough.</summary>
    private const int FlushDocuments = 8192;
    private const int FlushTerms = 400_000;
    private const int TombstoneLifetimeMillis = 60_000;

    private readonly SqliteConnection _db;
    private readonly IndexBuffer _buffer = new();
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _byNumber;
    private SqliteTransaction? _transaction;
    private DocSet _live = new(0);

    public Shard(string path)
    {
        Path = path;
        _db = Sqlite.Open(path);
        _db.Execute("""
            CREATE TABLE IF NOT EXISTS docs(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, source BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS deleted(seq INTEGER PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS tombstones(id TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS postings(term BLOB, first INTEGER, docs BLOB NOT NULL, PRIMARY KEY(term, first)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS columns(field INTEGER, first INTEGER, low INTEGER NOT NULL, high INTEGER NOT NULL,
                data BLOB NOT NULL, PRIMARY KEY(field, first));
            CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT);
            """);
        _insert = _db.Prepare("INSERT INTO docs(seq, id, version, source) VALUES($0, $1, $2, $3)", 0, "", 0, Array.Empty<byte>());
        _find = _db.Prepare("SELECT seq, version FROM docs WHERE id = $0", "");
        _byNumber = _db.Prepare("SELECT id, version, source FROM docs WHERE seq = $0", 0);
        Load();
    }

    public string Path { get; }

    public Lock Gate { get; } = new();

    public int NextNumber { get; private set; }

    public DocSet Live => _live;

    public int Count { get; private set; }

    public int Deleted => NextNumber - Count;

    /// <summary>The size of its file on disk.</summary>
    public long SizeInBytes => new FileInfo(Path).Length;

    public void Begin() => _transaction ??= _db.BeginTransaction();

    public void Commit()
    {
        _transaction?.Commit();
        EndTransaction();
        if (_buffer.Documents >= FlushDocuments || _buffer.Terms >= FlushTerms)
            Flush();
    }

    /// <summary>Takes back what was written since <see cref="Begin"/>; the caller indexes <see cref="Unindexed"/> again.</summary>
    public void Rollback()
    {
        _transaction?.Rollback();
        EndTransaction();
        _buffer.Clear();
        Load();
    }

    public (int Number, long Version)? Find(string id)
    {
        _find.Transaction = _transaction;
        _find.Parameters[0].Value = id;
        using SqliteDataReader reader = _find.ExecuteReader();
        return reader.Read() ? (reader.GetInt32(0), reader.GetInt64(1)) : null;
    }

    public StoredDocument? Get(int number)
    {
        _byNumber.Transaction = _transaction;
        _byNumber.Parameters[0].Value = number;
        using SqliteDataReader reader = _byNumber.ExecuteReader();
        return reader.Read() ? new StoredDocument(number, reader.GetString(0), reader.GetInt64(1), (byte[])reader[2]) : null;
    }

    public StoredDocument? Get(string id) => Find(id) is { } found ? Get(found.Number) : null;

    /// <summary>The version that a document of this id had before it was deleted; 0 when it is long ago.</summary>
    public long VersionBefore(string id) => (long?)_db.Scalar("SELECT version FROM tombstones WHERE id = $0", id) ?? 0;

    /// <summary>Stores a document under the next number, in place of the one that has its id.</summary>
    public int Put(string id, long version, byte[] source, ParsedDocument parsed, int? replaces)
    {
        if (replaces is { } old)
            Bury(old);
        else if (version > 1)
            _db.Execute("DELETE FROM tombstones WHERE id = $0", id);
        int number = NextNumber++;
        _insert.Transaction = _transaction;
        _insert.Parameters[0].Value = number;
        _insert.Parameters[1].Value = id;
        _insert.Parameters[2].Value = version;
        _insert.Parameters[3].Value = source;
        _insert.ExecuteNonQuery();
        _live.Add(number);
        Count++;
        _buffer.Add(number, parsed);
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
        int own = NextNumber++;
        _db.Execute("INSERT INTO deleted(seq) VALUES($0)", own);
        return own;
    }

    public string? GetMeta(string key) => (string?)_db.Scalar("SELECT value FROM meta WHERE key = $0", key);

    public void SetMeta(string key, string value) => _db.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES($0, $1)", key, value);

    /// <summary>The documents that no flush has covered yet.</summary>
    public List<StoredDocument> Unindexed()
    {
        using SqliteCommand command = _db.Prepare(
            "SELECT seq, id, version, source FROM docs WHERE seq >= $0 ORDER BY seq", IndexedBefore());
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredDocument> documents = [];
        while (reader.Read())
            documents.Add(new StoredDocument(reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), (byte[])reader[3]));
        return documents;
    }

    public void Reindex(int number, ParsedDocument parsed) => _buffer.Add(number, parsed);

    /// <summary>Moves the buffer into the file.</summary>
    public void Flush()
    {
        if (_buffer.Documents == 0)
            return;
        using SqliteTransaction transaction = _db.BeginTransaction();
        using SqliteCommand posting = _db.Prepare("INSERT INTO postings(term, first, docs) VALUES($0, $1, $2)", Array.Empty<byte>(), 0, Array.Empty<byte>());
        foreach ((byte[] term, IntList docs) in _buffer.InOrder())
        {
            posting.Parameters[0].Value = term;
            posting.Parameters[1].Value = docs.Items[0];
            posting.Parameters[2].Value = PostingsBlock.Encode(docs.Items);
            posting.ExecuteNonQuery();
        }

        foreach ((int field, List<int> docs, List<long> values) in _buffer.Columns())
        {
            ReadOnlySpan<long> all = CollectionsMarshal.AsSpan(values);
            byte[] data = ColumnBlock.Encode(CollectionsMarshal.AsSpan(docs), all);
            _db.Execute(
                "INSERT INTO columns(field, first, low, high, data) VALUES($0, $1, $2, $3, $4)", field, docs[0], values.Min(), values.Max(), data);
        }

        _db.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES('indexed', $0)", NextNumber.ToString(CultureInfo.InvariantCulture));
        transaction.Commit();
        _buffer.Clear();
    }

    /// <summary>Adds a term's documents to a set; deleted ones may be among them.</summary>
    public void AddTo(DocSet set, byte[] term)
    {
        using SqliteCommand command = _db.Prepare("SELECT first, docs FROM postings WHERE term = $0", term);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            new PostingsBlock(reader.GetInt32(0), raw.sqlite3_column_blob(reader.Handle, 1)).AddTo(set);
        _buffer.AddTo(set, term);
    }

    /// <summary>Visits each block of each term from <paramref name="from"/> to before <paramref name="to"/>; a term may come twice.</summary>
    public void VisitTerms(byte[] from, byte[] to, PostingsVisitor visit)
    {
        using (SqliteCommand command = _db.Prepare("SELECT term, first, docs FROM postings WHERE term >= $0 AND term < $1", from, to))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                sqlite3_stmt row = reader.Handle!;
                visit(raw.sqlite3_column_blob(row, 0), new PostingsBlock(reader.GetInt32(1), raw.sqlite3_column_blob(row, 2)));
            }
        }

        foreach ((byte[] term, IntList docs) in _buffer.Between(from, to))
            visit(term, new PostingsBlock(docs.Items[0], PostingsBlock.Encode(docs.Items)));
    }

    /// <summary>Visits the blocks of a field that may hold a value between <paramref name="low"/> and <paramref name="high"/>, both included.</summary>
    public void VisitColumn(int field, long low, long high, ColumnVisitor visit)
    {
        using (SqliteCommand command = _db.Prepare(
            "SELECT data FROM columns WHERE field = $0 AND high >= $1 AND low <= $2 ORDER BY first", field, low, high))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                visit(ColumnBlock.Decode(raw.sqlite3_column_blob(reader.Handle, 0)));
        }

        VisitBuffer(field, visit);
    }

    /// <summary>Visits a field's blocks, those with the extreme values first, until <paramref name="isDone"/> says so of the next bound.</summary>
    public void VisitColumnInOrder(int field, bool descending, Predicate<long> isDone, ColumnVisitor visit)
    {
        VisitBuffer(field, visit);
        string sql = descending
            ? "SELECT first, high FROM columns WHERE field = $0 ORDER BY high DESC"
            : "SELECT first, low FROM columns WHERE field = $0 ORDER BY low";
        List<(int First, long Bound)> blocks = [];
        using (SqliteCommand command = _db.Prepare(sql, field))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                blocks.Add((reader.GetInt32(0), reader.GetInt64(1)));
        }

        using SqliteCommand one = _db.Prepare("SELECT data FROM columns WHERE field = $0 AND first = $1", field, 0);
        foreach ((int first, long bound) in blocks)
        {
            if (isDone(bound))
                return;
            one.Parameters[1].Value = first;
            using SqliteDataReader reader = one.ExecuteReader();
            if (reader.Read())
                visit(ColumnBlock.Decode(raw.sqlite3_column_blob(reader.Handle, 0)));
        }
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
        _transaction?.Dispose();
        _insert.Dispose();
        _find.Dispose();
        _byNumber.Dispose();
        _db.Dispose();
    }

    private void VisitBuffer(int field, ColumnVisitor visit)
    {
        if (!_buffer.TryGetColumn(field, out (List<int> Docs, List<long> Values) column))
            return;
        visit(new ColumnBlock
        {
            Docs = CollectionsMarshal.AsSpan(column.Docs),
            Values = CollectionsMarshal.AsSpan(column.Values),
        });
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
        using SqliteCommand command = _db.Prepare("SELECT seq FROM deleted");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            _live.Remove(reader.GetInt32(0));
            Count--;
        }
    }

    private int NextOf(string table) => _db.Scalar($"SELECT max(seq) FROM {table}") is long last ? (int)last + 1 : 0;

    private int IndexedBefore() =>
        GetMeta("indexed") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private void EndTransaction()
    {
        _transaction?.Dispose();
        _transaction = null;
    }
}
