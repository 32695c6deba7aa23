using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>
/// A statement that is prepared once and run often, without what ADO.NET makes anew for each run. Parameters count from 1,
/// columns from 0. A blob or text of a row is valid until the next step.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _db = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_db, sql, out _statement), _db);
    }

    public Statement Bind(int at, long value)
    {
        raw.sqlite3_bind_int64(_statement, at, value);
        return this;
    }

    public Statement Bind(int at, string value)
    {
        raw.sqlite3_bind_text(_statement, at, value);
        return this;
    }

    public Statement Bind(int at, ReadOnlySpan<byte> value)
    {
        raw.sqlite3_bind_blob(_statement, at, value);
        return this;
    }

    /// <summary>Runs to the end and tells how many rows were changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        raw.sqlite3_reset(_statement);
        return raw.sqlite3_changes(_db);
    }

    /// <summary>Whether there is another row; who stops before the last one resets.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result == raw.SQLITE_DONE)
            return false;
        try
        {
            SqliteException.ThrowExceptionForRC(result, _db);
            return false;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();
}
