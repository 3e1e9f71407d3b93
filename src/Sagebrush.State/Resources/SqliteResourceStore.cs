using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Resources;

/// <summary>The resource store in one SQLite file.</summary>
public sealed partial class SqliteResourceStore : IResourceStore, ILeaseStore, IAsyncDisposable
{
    private const int LargestPage = 1000;
    private const int ScanBatch = 500;
    private const string Columns =
        "id, kind, account, region, name, arn, status, created, modified, version, parent, body";

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly PageTokenProtector _tokens;
    private readonly ChangeFeed _feed = new();

    private SqliteResourceStore(SqliteDatabase database, TimeProvider time, PageTokenProtector tokens)
    {
        _database = database;
        _time = time;
        _tokens = tokens;
    }

    /// <summary>Opens the store's file, or makes it.</summary>
    /// <exception cref="DatabaseException">The file cannot be opened, is damaged, or is from a newer version.</exception>
    public static SqliteResourceStore Open(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var database = SqliteDatabase.Open(
            new SqliteDatabaseOptions { Path = path, Migrations = ResourceSchema.Migrations });
        var key = database.Read(static session =>
        {
            using var statement = session.Prepare("SELECT value FROM setting WHERE name = 'page_token_key'");
            statement.Step();
            return statement.GetBytes(0).ToArray();
        });
        return new SqliteResourceStore(database, time, new PageTokenProtector(key));
    }

    /// <summary>Ends the subscriptions, finishes the writes that wait, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _feed.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask<Resource?> TryAddAsync(ResourceDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return await _database.WriteAsync(session => Add(session, draft), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Resource?> FindAsync(ResourceKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(session => Find(session, key)));
    }

    /// <inheritdoc/>
    public ValueTask<Resource?> FindByArnAsync(string arn, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(session =>
        {
            using var statement = session.Prepare($"SELECT {Columns} FROM resource WHERE arn = ?");
            statement.Bind(arn);
            return statement.Step() ? Read(statement) : null;
        }));
    }

    /// <inheritdoc/>
    public async ValueTask<Resource?> TryUpdateAsync(
        ResourceUpdate update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return await _database.WriteAsync(session => Update(session, update), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(
        ResourceKey key, long? expectedVersion = null, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                using var statement = session.Prepare(
                    """
                    DELETE FROM resource
                    WHERE kind = ?1 AND account = ?2 AND region = ?3 AND name = ?4 AND (?5 IS NULL OR version = ?5)
                    """);
                Bind(statement, key).Bind(expectedVersion);
                if (statement.Execute() == 0)
                {
                    return false;
                }

                Announce(session, ResourceChangeType.Deleted, key, NextVersion(session));
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, LargestPage);
        cancellationToken.ThrowIfCancellationRequested();
        var fingerprint = query.Fingerprint();
        var position = query.PageToken is null ? null : _tokens.Unprotect(query.PageToken, fingerprint);
        var items = _database.Read(session => ReadPage(session, query, position));
        if (items.Count <= query.PageSize)
        {
            return new(new ResourcePage(items, null));
        }

        items.RemoveAt(query.PageSize);
        var token = _tokens.Protect(ResourceListSql.Position(query, items[^1]), fingerprint);
        return new(new ResourcePage(items, token));
    }

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(session =>
        {
            using var statement = ResourceListSql.Count(query).Prepare(session);
            statement.Step();
            return statement.GetInt64(0);
        }));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceHeading> ScanAsync(
        string kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ResourceHeading> batch;
        var last = new ResourceKey("", "", kind, "");
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch = _database.Read(session => ReadHeadings(session, last));
            foreach (var heading in batch)
            {
                yield return heading;
            }

            last = batch.Count > 0 ? batch[^1].Key : last;
        }
        while (batch.Count == ScanBatch);

        await ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ChangeSubscription Subscribe(IReadOnlySet<string>? kinds = null, int capacity = 1024) =>
        _feed.Subscribe(kinds, capacity);

    private static SqliteStatement Bind(SqliteStatement statement, ResourceKey key) =>
        statement.Bind(key.Kind).Bind(key.Account).Bind(key.Region).Bind(key.Name);

    private static Resource? Find(SqliteSession session, ResourceKey key)
    {
        using var statement = session.Prepare(
            $"SELECT {Columns} FROM resource WHERE kind = ? AND account = ? AND region = ? AND name = ?");
        Bind(statement, key);
        return statement.Step() ? Read(statement) : null;
    }

    private static List<Resource> ReadPage(SqliteSession session, ResourceQuery query, byte[]? position)
    {
        var items = new List<Resource>();
        if (ResourceListSql.IsInOrder(query))
        {
            using var rows = ResourceListSql.Page(query, Columns, position).Prepare(session);
            while (rows.Step())
            {
                items.Add(ReadListed(rows, query));
            }

            return items;
        }

        // The ids first, the documents afterwards: what needs sorting then sorts numbers, not documents.
        using var ids = ResourceListSql.Page(query, "id", position).Prepare(session);
        using var one = session.Prepare($"SELECT {Columns} FROM resource WHERE id = ?");
        while (ids.Step())
        {
            one.Bind(ids.GetInt64(0));
            if (!one.Step())
            {
                throw new UnreachableException("A row vanished from its own snapshot.");
            }

            items.Add(ReadListed(one, query));
            one.Reset();
        }

        return items;
    }

    /// <remarks>Kind, account and region are the query's own: a list need not read them again for every row.</remarks>
    private static Resource ReadListed(SqliteStatement row, ResourceQuery query) =>
        Read(row, new ResourceKey(query.Account, query.Region, query.Kind, row.GetString(4)));

    private static List<ResourceHeading> ReadHeadings(SqliteSession session, ResourceKey after)
    {
        using var statement = session.Prepare(
            """
            SELECT account, region, name, status FROM resource INDEXED BY resource_name
            WHERE kind = ? AND (account, region, name) > (?, ?, ?)
            ORDER BY account, region, name LIMIT ?
            """);
        Bind(statement, after).Bind(ScanBatch);
        var headings = new List<ResourceHeading>();
        while (statement.Step())
        {
            headings.Add(new ResourceHeading(
                new ResourceKey(
                    statement.GetString(0), statement.GetString(1), after.Kind, statement.GetString(2)),
                statement.GetString(3)));
        }

        return headings;
    }

    private static Resource Read(SqliteStatement row) => Read(row, new ResourceKey(row.GetString(2), row.GetString(3), row.GetString(1), row.GetString(4)));

    private static Resource Read(SqliteStatement row, ResourceKey key) => new()
    {
        Key = key,
        Arn = row.GetString(5),
        Status = row.GetString(6),
        Created = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Modified = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8)),
        Version = row.GetInt64(9),
        Parent = row.GetStringOrNull(10),
        Body = row.GetBytes(11).ToArray(),
    };

    private static long NextVersion(SqliteSession session)
    {
        using var statement = session.Prepare("UPDATE change_counter SET value = value + 1 RETURNING value");
        statement.Step();
        return statement.GetInt64(0);
    }

    private Resource? Add(SqliteSession session, ResourceDraft draft)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var version = NextVersion(session);
        using (var statement = session.Prepare(
            """
            INSERT INTO resource (kind, account, region, name, arn, status, parent, created, modified, version, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)
            ON CONFLICT DO NOTHING
            """))
        {
            Bind(statement, draft.Key).Bind(draft.Arn).Bind(draft.Status).Bind(draft.Parent).Bind(now).Bind(version)
                .BindBlob(draft.Body.Span);
            if (statement.Execute() == 0)
            {
                return null;
            }
        }

        var id = session.LastInsertRowId;
        PutAttributes(session, id, draft.Attributes);
        PutTags(session, id, draft.Tags);
        Announce(session, ResourceChangeType.Added, draft.Key, version);
        return Find(session, draft.Key);
    }

    private Resource? Update(SqliteSession session, ResourceUpdate update)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var version = NextVersion(session);
        long id;
        using (var statement = session.Prepare(
            """
            UPDATE resource SET status = ?6, parent = ?7, modified = max(?8, created), version = ?9, body = ?10
            WHERE kind = ?1 AND account = ?2 AND region = ?3 AND name = ?4 AND version = ?5
            RETURNING id
            """))
        {
            Bind(statement, update.Key).Bind(update.ExpectedVersion).Bind(update.Status).Bind(update.Parent).Bind(now)
                .Bind(version).BindBlob(update.Body.Span);
            if (!statement.Step())
            {
                return null;
            }

            id = statement.GetInt64(0);
        }

        if (update.Attributes is { } attributes)
        {
            using (var statement = session.Prepare("DELETE FROM resource_attribute WHERE resource = ?"))
            {
                statement.Bind(id).Execute();
            }

            PutAttributes(session, id, attributes);
        }

        Announce(session, ResourceChangeType.Updated, update.Key, version);
        return Find(session, update.Key);
    }

    private static void PutAttributes(SqliteSession session, long id, IReadOnlyList<ResourceAttribute> attributes)
    {
        using var statement = session.Prepare(
            "INSERT INTO resource_attribute (resource, name, text, number) VALUES (?, ?, ?, ?)");
        foreach (var attribute in attributes)
        {
            statement.Bind(id).Bind(attribute.Name).Bind(attribute.Text).Bind(attribute.Number).Execute();
        }
    }

    private void Announce(SqliteSession session, ResourceChangeType type, ResourceKey key, long version) =>
        session.AfterCommit(() => _feed.Publish(new ResourceChange(type, key, version)));
}
