using Microsoft.Data.Sqlite;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// A shard as it was at one moment: a read transaction on a connection of its own, which SQLite's write-ahead log keeps apart from
/// the writer, and the buffer of that moment, which may gain documents but loses none. Those that came later are not
/// <see cref="Live"/>. Used by one search, then for another.
/// </summary>
internal sealed class ShardReader : IDisposable
{
    private readonly Shard _shard;
    private readonly SqliteConnection _db;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _segments;
    private readonly Statement _block;
    private readonly Statement _blocks;
    private readonly Statement _find;
    private readonly Statement _byNumber;
    private readonly Statement _column;
    private readonly Statement _columnBlocks;
    private readonly Statement _columnBlock;
    private readonly List<int> _firsts = [];
    private readonly TermBlock.Scratch _scratch = new();
    private IndexBuffer _buffer = null!;

    public ShardReader(Shard shard)
    {
        _shard = shard;
        _db = Sqlite.OpenReader(shard.Path);
        _begin = new Statement(_db, "BEGIN");
        _end = new Statement(_db, "ROLLBACK");
        _segments = new Statement(_db, "SELECT first FROM segments ORDER BY first");
        _block = new Statement(_db, "SELECT data FROM terms WHERE segment = ? AND first <= ? ORDER BY first DESC LIMIT 1");
        _blocks = new Statement(_db, "SELECT data FROM terms WHERE segment = ? AND first > ? AND first < ? ORDER BY first");
        _find = new Statement(_db, "SELECT seq FROM docs WHERE id = ?");
        _byNumber = new Statement(_db, "SELECT id, version, source FROM docs WHERE seq = ?");
        _column = new Statement(_db, "SELECT data FROM columns WHERE field = ? AND high >= ? AND low <= ? ORDER BY first");
        _columnBlocks = new Statement(_db, "SELECT first, low, high FROM columns WHERE field = ?");
        _columnBlock = new Statement(_db, "SELECT data FROM columns WHERE field = ? AND first = ?");
    }

    /// <summary>What the search that uses it may take; null outside of one.</summary>
    public SearchBudget? Budget { get; set; }

    /// <summary>The documents that can be found; nobody changes it.</summary>
    public DocSet Live { get; private set; } = null!;

    public int NextNumber { get; private set; }

    public int Count { get; private set; }

    /// <summary>Takes the picture, under the shard's gate: the first read of a transaction decides what it sees.</summary>
    public void Begin(IndexBuffer buffer, DocSet live, int nextNumber, int count)
    {
        (_buffer, Live, NextNumber, Count) = (buffer, live, nextNumber, count);
        _begin.Run();
        _firsts.Clear();
        while (_segments.Step())
            _firsts.Add((int)_segments.Integer(0));
        _segments.Reset();
    }

    public int? Find(string id)
    {
        int? number = _find.Bind(1, id).Step() ? (int)_find.Integer(0) : null;
        _find.Reset();
        return number;
    }

    public StoredDocument? Get(int number)
    {
        Budget?.Check();
        return StoredDocument.Read(_byNumber, number);
    }

    /// <summary>Adds a term's documents to a set; deleted ones may be among them.</summary>
    public void AddTo(DocSet set, byte[] term)
    {
        Budget?.Check();
        foreach (int segment in _firsts)
        {
            if (_block.Bind(1, segment).Bind(2, term).Step())
            {
                TermBlock block = new(segment, _block.Blob(0), _scratch);
                while (block.MoveNext())
                {
                    int order = block.Term.SequenceCompareTo(term);
                    if (order == 0)
                        block.Postings.AddTo(set);
                    if (order >= 0)
                        break;
                }
            }

            _block.Reset();
        }

        _buffer.AddTo(set, term);
    }

    /// <summary>Visits each term from <paramref name="from"/> to before <paramref name="to"/>; one may come several times.</summary>
    public void VisitTerms(byte[] from, byte[] to, PostingsVisitor visit)
    {
        foreach (int segment in _firsts)
        {
            Visit(_block.Bind(1, segment).Bind(2, from), segment, from, to, visit);
            Visit(_blocks.Bind(1, segment).Bind(2, from).Bind(3, to), segment, from, to, visit);
        }

        _buffer.VisitTerms(from, to, (term, postings) =>
        {
            Budget?.Check();
            visit(term, postings);
        });
    }

    /// <summary>Visits the blocks of a field that may hold a value between <paramref name="low"/> and <paramref name="high"/>, both included.</summary>
    public void VisitColumn(int field, long low, long high, ColumnVisitor visit)
    {
        Visit(_column.Bind(1, field).Bind(2, low).Bind(3, high), visit);
        _buffer.VisitColumn(field, visit);
    }

    /// <summary>Visits the blocks of a field that may hold values of these documents.</summary>
    public void VisitColumnOf(int field, IEnumerable<int> docs, ColumnVisitor visit)
    {
        List<int> firsts = [.. ColumnBlocks(field).Select(block => block.First).Order()];
        HashSet<int> wanted = [];
        foreach (int doc in docs)
        {
            int at = firsts.BinarySearch(doc);
            if ((at < 0 ? ~at - 1 : at) is >= 0 and int block)
                wanted.Add(firsts[block]);
        }

        foreach (int first in wanted.Order())
            Visit(_columnBlock.Bind(1, field).Bind(2, first), visit);
        _buffer.VisitColumn(field, visit);
    }

    /// <summary>Visits a field's blocks, those with the extreme values first, until <paramref name="isDone"/> says so of the next bound.</summary>
    public void VisitColumnInOrder(int field, bool descending, Predicate<long> isDone, ColumnVisitor visit)
    {
        _buffer.VisitColumn(field, visit);
        List<(int First, long Low, long High)> blocks = ColumnBlocks(field);
        blocks.Sort((a, b) => descending ? b.High.CompareTo(a.High) : a.Low.CompareTo(b.Low));
        foreach ((int first, long low, long high) in blocks)
        {
            if (isDone(descending ? high : low))
                return;
            Visit(_columnBlock.Bind(1, field).Bind(2, first), visit);
        }
    }

    /// <summary>Ends the read transaction and gives the connection back.</summary>
    public void Dispose()
    {
        _end.Run();
        (_buffer, Live, Budget) = (null!, null!, null);
        _shard.Return(this);
    }

    public void Close()
    {
        foreach (Statement statement in
            (Statement[])[_begin, _end, _segments, _block, _blocks, _find, _byNumber, _column, _columnBlocks, _columnBlock])
            statement.Dispose();
        _db.Dispose();
    }

    private void Visit(Statement blocks, int segment, byte[] from, byte[] to, PostingsVisitor visit)
    {
        try
        {
            while (blocks.Step())
            {
                TermBlock block = new(segment, blocks.Blob(0), _scratch);
                while (block.MoveNext())
                {
                    Budget?.Check();
                    if (block.Term.SequenceCompareTo(from) < 0)
                        continue;
                    if (block.Term.SequenceCompareTo(to) >= 0)
                        break;
                    visit(block.Term, block.Postings);
                }
            }
        }
        finally
        {
            blocks.Reset();
        }
    }

    private void Visit(Statement blocks, ColumnVisitor visit)
    {
        try
        {
            while (blocks.Step())
            {
                Budget?.Check();
                visit(ColumnBlock.Decode(blocks.Blob(0)));
            }
        }
        finally
        {
            blocks.Reset();
        }
    }

    private List<(int First, long Low, long High)> ColumnBlocks(int field)
    {
        List<(int First, long Low, long High)> blocks = [];
        _columnBlocks.Bind(1, field);
        while (_columnBlocks.Step())
            blocks.Add(((int)_columnBlocks.Integer(0), _columnBlocks.Integer(1), _columnBlocks.Integer(2)));
        _columnBlocks.Reset();
        return blocks;
    }
}
