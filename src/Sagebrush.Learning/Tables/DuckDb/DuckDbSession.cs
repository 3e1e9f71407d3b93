using DuckDB.NET.Data;

namespace Sagebrush.Learning.Tables.DuckDb;

/// <summary>A database of DuckDB's in memory: SQL over CSV, JSON and Parquet files.</summary>
/// <remarks>It loads no extensions and keeps no settings. Not thread-safe.</remarks>
public sealed class DuckDbSession : IDisposable
{
    private readonly DuckDBConnection _connection;

    private DuckDbSession(DuckDBConnection connection) => _connection = connection;

    /// <summary>Opens an empty database.</summary>
    /// <param name="threads">How many threads it may use; 0 for all processors.</param>
    /// <exception cref="TableFormatException">DuckDB's library cannot be loaded.</exception>
    public static DuckDbSession Open(int threads = 0)
    {
        DuckDBConnection? connection = null;
        try
        {
            connection = new DuckDBConnection("DataSource=:memory:");
            connection.Open();
            var session = new DuckDbSession(connection);
            session.Execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false;");
            if (threads > 0)
            {
                session.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SET threads = {threads};"));
            }

            connection = null;
            return session;
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException)
        {
            throw new TableFormatException($"DuckDB's library, which reads and writes Parquet, is not there: {exception.Message}", exception);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Runs statements that give no rows.</summary>
    /// <exception cref="TableFormatException">DuckDB refuses them, or what they read.</exception>
    public void Execute(string sql)
    {
        using var command = Command(sql);
        Try(command.ExecuteNonQuery);
    }

    /// <summary>The columns a query gives: their names, and their types as SQL writes them.</summary>
    /// <exception cref="TableFormatException">DuckDB refuses it, or what it reads.</exception>
    public IReadOnlyList<(string Name, string Type)> Describe(string query)
    {
        using var command = Command("DESCRIBE " + query);
        using var reader = Try(command.ExecuteReader);
        List<(string, string)> columns = [];
        while (reader.Read())
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    /// <summary>Runs a query whose columns are all FLOAT or DOUBLE and hands its rows over in chunks.</summary>
    /// <exception cref="TableFormatException">DuckDB refuses it, or what it reads.</exception>
    public NumericChunks Query(string sql) => NumericChunks.Run(_connection.NativeConnection, sql);

    /// <summary>Runs a query of any columns and hands over its rows one by one.</summary>
    /// <exception cref="TableFormatException">DuckDB refuses it, or what it reads.</exception>
    public void Read(string sql, Action<System.Data.Common.DbDataReader> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var command = Command(sql);
        using var reader = Try(command.ExecuteReader);
        while (Try(reader.Read))
        {
            row(reader);
        }
    }

    /// <summary>Opens a table for many rows to be added.</summary>
    public DuckDBAppender Appender(string table) => _connection.CreateAppender(table);

    /// <summary>A name as SQL writes it.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text as SQL writes it.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

#pragma warning disable CA2100 // Names and texts in the statements have gone through Name and Text.
    private DuckDBCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
#pragma warning restore CA2100

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DuckDBException exception)
        {
            throw new TableFormatException(exception.Message.Trim(), exception);
        }
    }
}
