using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>How every database here is opened, and the few helpers that keep the SQL readable.</summary>
internal static class Sqlite
{
    /// <summary>
    /// Write-ahead log with a sync at each commit (<c>synchronous=FULL</c>): an answer of 201 survives a power cut,
    /// as it does with Elasticsearch's default <c>index.translog.durability: request</c>.
    /// </summary>
    public static SqliteConnection Open(string path, bool readOnly = false)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString());
        connection.Open();
        if (!readOnly)
        {
            connection.Execute("PRAGMA page_size = 8192");
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA cache_size = -16000");
            connection.Execute("PRAGMA journal_size_limit = 16777216");

            // 32 MB: what is written again and again, like the inner pages of the ids, goes into the file once for many commits.
            connection.Execute("PRAGMA wal_autocheckpoint = 4096");
        }

        return connection;
    }

    /// <summary>A connection for reading beside the writer.</summary>
    public static SqliteConnection OpenReader(string path)
    {
        SqliteConnection connection = Open(path, readOnly: true);
        connection.Execute("PRAGMA cache_size = -4000");
        return connection;
    }

    /// <summary>Whether there is no more room on the disk, for the file or for what WAL mode shares between connections.</summary>
    public static bool IsDiskFull(SqliteException e) =>
        e.SqliteErrorCode == raw.SQLITE_FULL || e.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHMSIZE;

    public static void Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = connection.Prepare(sql, values);
        command.ExecuteNonQuery();
    }

    public static object? Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = connection.Prepare(sql, values);
        object? value = command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>A command with parameters <c>$0</c>, <c>$1</c>, ...</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue("$" + i, values[i] ?? DBNull.Value);
        return command;
    }
}
