using System.Text;
using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Resources;

/// <summary>
/// Writes a query's SQL. The index is named in it: the planner has no statistics here, and which index serves which
/// order is known. A page then reads its rows in order and stops when it is full.
/// </summary>
internal sealed class ResourceListSql
{
    private readonly ResourceQuery _query;
    private readonly StringBuilder _sql = new();
    private readonly List<Action<SqliteStatement>> _values = [];

    private ResourceListSql(ResourceQuery query) => _query = query;

    /// <summary>The statement with its parameters unbound.</summary>
    public string Text => _sql.ToString();

    /// <summary>Whether the index of a query has its rows in the query's order, so that nothing is sorted.</summary>
    public static bool IsInOrder(ResourceQuery query) =>
        query.Attributes.Count == 0 && (query.Parent is null || query.SortBy == ResourceSort.CreationTime);

    /// <summary>Selects columns of a page and one row more, in order.</summary>
    public static ResourceListSql Page(ResourceQuery query, string columns, byte[]? position)
    {
        var sql = new ResourceListSql(query);
        sql.From($"SELECT {columns}");
        sql.After(position);
        var direction = query.Descending ? " DESC" : "";
        sql._sql.Append(" ORDER BY ");
        if (OrderColumn(query) is { } column)
        {
            sql._sql.Append(column).Append(direction).Append(", ");
        }

        sql._sql.Append("name").Append(direction).Append(" LIMIT ?");
        sql._values.Add(statement => statement.Bind(query.PageSize + 1));
        return sql;
    }

    /// <summary>Counts all that the conditions select.</summary>
    public static ResourceListSql Count(ResourceQuery query)
    {
        var sql = new ResourceListSql(query);
        sql.From("SELECT count(*)");
        return sql;
    }

    /// <summary>The place of a resource in the query's order.</summary>
    public static byte[] Position(ResourceQuery query, Resource last)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
        {
            switch (query.SortBy)
            {
                case ResourceSort.CreationTime:
                    writer.Write(last.Created.ToUnixTimeMilliseconds());
                    break;
                case ResourceSort.LastModifiedTime:
                    writer.Write(last.Modified.ToUnixTimeMilliseconds());
                    break;
                case ResourceSort.Status:
                    writer.Write(last.Status);
                    break;
                case ResourceSort.Name:
                    break;
            }

            writer.Write(last.Key.Name);
        }

        return bytes.ToArray();
    }

    /// <summary>The statement, ready to step through.</summary>
    public SqliteStatement Prepare(SqliteSession session)
    {
        var statement = session.Prepare(Text);
        foreach (var bind in _values)
        {
            bind(statement);
        }

        return statement;
    }

    private static string? OrderColumn(ResourceQuery query) => query.SortBy switch
    {
        ResourceSort.CreationTime => "created",
        ResourceSort.LastModifiedTime => "modified",
        ResourceSort.Status => "status",
        _ => null,
    };

    private string Index()
    {
        if (_query.Attributes.Count > 0)
        {
            // Reached by row id, through the attribute's own index.
            return "NOT INDEXED";
        }

        if (_query.Parent is not null)
        {
            return "INDEXED BY resource_parent";
        }

        return (_query.SortBy, _query.Status) switch
        {
            (ResourceSort.CreationTime, null) => "INDEXED BY resource_created",
            (ResourceSort.CreationTime, _) => "INDEXED BY resource_status_created",
            (ResourceSort.LastModifiedTime, null) => "INDEXED BY resource_modified",
            (ResourceSort.LastModifiedTime, _) => "INDEXED BY resource_status_modified",
            (ResourceSort.Name, null) => "INDEXED BY resource_name",
            _ => "INDEXED BY resource_status",
        };
    }

    private void From(string select)
    {
        _sql.Append(select).Append(" FROM resource ").Append(Index())
            .Append(" WHERE kind = ? AND account = ? AND region = ?");
        _values.Add(statement => statement.Bind(_query.Kind).Bind(_query.Account).Bind(_query.Region));
        Where("status = ?", _query.Status);
        Where("parent = ?", _query.Parent);

        // SQLite's lower() folds ASCII alone, and names are ASCII.
        Where("instr(lower(name), lower(?)) > 0", _query.NameContains);

        // Stored times are whole milliseconds, so "later than" a finer time means later than its millisecond.
        Where("created > ?", Milliseconds(_query.CreatedAfter));
        Where("created < ?", MillisecondsUp(_query.CreatedBefore));
        Where("modified > ?", Milliseconds(_query.ModifiedAfter));
        Where("modified < ?", MillisecondsUp(_query.ModifiedBefore));
        foreach (var filter in _query.Attributes)
        {
            Where(filter);
        }
    }

    private void Where(AttributeFilter filter)
    {
        _sql.Append(" AND id IN (SELECT resource FROM resource_attribute WHERE name = ? AND ");
        _values.Add(statement => statement.Bind(filter.Name));
        if (filter.Text is { } text)
        {
            _sql.Append("text = ?)");
            _values.Add(statement => statement.Bind(text));
        }
        else
        {
            _sql.Append("number BETWEEN ? AND ?)");
            _values.Add(statement => statement.Bind(filter.Minimum).Bind(filter.Maximum));
        }
    }

    private void Where(string condition, string? value)
    {
        if (value is not null)
        {
            _sql.Append(" AND ").Append(condition);
            _values.Add(statement => statement.Bind(value));
        }
    }

    private void Where(string condition, long? value)
    {
        if (value is { } some)
        {
            _sql.Append(" AND ").Append(condition);
            _values.Add(statement => statement.Bind(some));
        }
    }

    private void After(byte[]? position)
    {
        if (position is null)
        {
            return;
        }

        var beyond = _query.Descending ? '<' : '>';
        try
        {
            using var reader = new BinaryReader(new MemoryStream(position));
            if (OrderColumn(_query) is not { } column)
            {
                Where($"name {beyond} ?", reader.ReadString());
                return;
            }

            _sql.Append(" AND (").Append(column).Append(", name) ").Append(beyond).Append(" (?, ?)");
            if (_query.SortBy == ResourceSort.Status)
            {
                var (status, name) = (reader.ReadString(), reader.ReadString());
                _values.Add(statement => statement.Bind(status).Bind(name));
            }
            else
            {
                var (time, name) = (reader.ReadInt64(), reader.ReadString());
                _values.Add(statement => statement.Bind(time).Bind(name));
            }
        }
        catch (EndOfStreamException)
        {
            throw new InvalidPageTokenException();
        }
    }

    private static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private static long? MillisecondsUp(DateTimeOffset? time) => time is { } some
        ? some.ToUnixTimeMilliseconds() + (some.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1)
        : null;
}
