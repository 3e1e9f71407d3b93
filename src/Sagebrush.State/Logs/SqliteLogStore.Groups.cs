using System.Text;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

public sealed partial class SqliteLogStore
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryCreateGroupAsync(
        LogGroupKey group,
        IReadOnlyDictionary<string, string>? tags = null,
        CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                if (!InsertGroup(session, group))
                {
                    return false;
                }

                PutTags(session, session.LastInsertRowId, tags ?? new Dictionary<string, string>());
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LogGroup?> FindGroupAsync(LogGroupKey group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(session =>
        {
            using var statement = session.Prepare(
                """
                SELECT name, created, retention_days, stored_bytes FROM log_group
                WHERE account = ? AND region = ? AND name = ?
                """);
            statement.Bind(group.Account).Bind(group.Region).Bind(group.Name);
            return statement.Step() ? ReadGroup(statement, group.Account, group.Region) : null;
        }));
    }

    /// <inheritdoc/>
    public ValueTask<LogGroupPage> ListGroupsAsync(
        LogGroupQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var fingerprint = query.Fingerprint();
        var after = query.PageToken is null
            ? null
            : Encoding.UTF8.GetString(_tokens.Unprotect(query.PageToken, fingerprint));
        var groups = _database.Read(session => ReadGroups(session, query, after));
        if (groups.Count <= query.PageSize)
        {
            return new(new LogGroupPage(groups, null));
        }

        groups.RemoveAt(query.PageSize);
        return new(new LogGroupPage(
            groups, _tokens.Protect(Encoding.UTF8.GetBytes(groups[^1].Key.Name), fingerprint)));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteGroupAsync(LogGroupKey group, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                if (GroupId(session, group) is not { } id)
                {
                    return false;
                }

                Execute(session, "INSERT INTO deleted_stream (stream) SELECT id FROM log_stream WHERE log_group = ?", id);
                Execute(session, "DELETE FROM log_stream WHERE log_group = ?", id);
                Execute(session, "DELETE FROM log_group WHERE id = ?", id);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> SetRetentionAsync(
        LogGroupKey group, int? days, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                using var statement = session.Prepare(
                    "UPDATE log_group SET retention_days = ? WHERE account = ? AND region = ? AND name = ?");
                return statement.Bind((long?)days).Bind(group.Account).Bind(group.Region).Bind(group.Name).Execute() > 0;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>?> FindTagsAsync(
        LogGroupKey group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read<IReadOnlyDictionary<string, string>?>(
            session => GroupId(session, group) is { } id ? ReadTags(session, id) : null));
    }

    /// <inheritdoc/>
    public async ValueTask<int?> ChangeTagsAsync(
        LogGroupKey group,
        IReadOnlyDictionary<string, string> put,
        IReadOnlyCollection<string> remove,
        int limit,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(put);
        ArgumentNullException.ThrowIfNull(remove);
        return await _database.WriteAsync(
            session =>
            {
                if (GroupId(session, group) is not { } id)
                {
                    return (int?)null;
                }

                var keys = ReadTags(session, id).Keys.Except(remove).Union(put.Keys).Count();
                if (keys > limit)
                {
                    return -1;
                }

                using (var statement = session.Prepare("DELETE FROM log_group_tag WHERE log_group = ? AND key = ?"))
                {
                    foreach (var key in remove)
                    {
                        statement.Bind(id).Bind(key).Execute();
                    }
                }

                PutTags(session, id, put);
                return keys;
            },
            cancellationToken);
    }

    private static List<LogGroup> ReadGroups(SqliteSession session, LogGroupQuery query, string? after)
    {
        using var statement = session.Prepare(
            """
            SELECT name, created, retention_days, stored_bytes FROM log_group
            WHERE account = ?1 AND region = ?2 AND name >= ?3 AND name < ?3 || char(0x10ffff)
                AND (?4 IS NULL OR instr(name, ?4) > 0) AND (?5 IS NULL OR name > ?5)
            ORDER BY name LIMIT ?6
            """);
        statement.Bind(query.Account).Bind(query.Region).Bind(query.Prefix).Bind(query.Contains).Bind(after)
            .Bind(query.PageSize + 1);
        var groups = new List<LogGroup>();
        while (statement.Step())
        {
            groups.Add(ReadGroup(statement, query.Account, query.Region));
        }

        return groups;
    }

    private static LogGroup ReadGroup(SqliteStatement row, string account, string region) => new()
    {
        Key = new LogGroupKey(account, region, row.GetString(0)),
        Created = row.GetInt64(1),
        RetentionDays = (int?)row.GetInt64OrNull(2),
        StoredBytes = row.GetInt64(3),
    };

    private bool InsertGroup(SqliteSession session, LogGroupKey group)
    {
        using var statement = session.Prepare(
            "INSERT INTO log_group (account, region, name, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
        return statement.Bind(group.Account).Bind(group.Region).Bind(group.Name).Bind(Now).Execute() > 0;
    }

    private static SortedDictionary<string, string> ReadTags(SqliteSession session, long group)
    {
        using var statement = session.Prepare("SELECT key, value FROM log_group_tag WHERE log_group = ?");
        statement.Bind(group);
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (statement.Step())
        {
            tags.Add(statement.GetString(0), statement.GetString(1));
        }

        return tags;
    }

    private static void PutTags(SqliteSession session, long group, IReadOnlyDictionary<string, string> tags)
    {
        using var statement = session.Prepare(
            "INSERT INTO log_group_tag (log_group, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3");
        foreach (var (key, value) in tags)
        {
            statement.Bind(group).Bind(key).Bind(value).Execute();
        }
    }

    private static void Execute(SqliteSession session, string sql, long id)
    {
        using var statement = session.Prepare(sql);
        statement.Bind(id).Execute();
    }
}
