using System.Text;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Resources;

public sealed partial class SqliteResourceStore
{
    /// <inheritdoc/>
    public async ValueTask<TagOutcome> PutTagsAsync(
        string arn, IReadOnlyList<ResourceTag> tags, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return await _database.WriteAsync(
            session =>
            {
                if (IdOf(session, arn) is not { } id)
                {
                    return TagOutcome.NoSuchResource;
                }

                var keys = KeysOf(session, id);
                keys.UnionWith(tags.Select(tag => tag.Key));
                if (keys.Count > limit)
                {
                    return TagOutcome.TooMany;
                }

                PutTags(session, id, tags);
                return TagOutcome.Stored;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveTagsAsync(
        string arn, IReadOnlyList<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return await _database.WriteAsync(
            session =>
            {
                if (IdOf(session, arn) is not { } id)
                {
                    return false;
                }

                using var statement = session.Prepare("DELETE FROM resource_tag WHERE resource = ? AND key = ?");
                foreach (var key in keys)
                {
                    statement.Bind(id).Bind(key).Execute();
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TagPage?> ListTagsAsync(
        string arn, int pageSize = 50, string? pageToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var query = "tags " + arn;
        var after = pageToken is null ? "" : Encoding.UTF8.GetString(_tokens.Unprotect(pageToken, query));
        return new(_database.Read(session =>
        {
            if (IdOf(session, arn) is not { } id)
            {
                return null;
            }

            var tags = ReadTags(session, id, after, pageSize + 1);
            if (tags.Count <= pageSize)
            {
                return new TagPage(tags, null);
            }

            tags.RemoveAt(pageSize);
            return new TagPage(tags, _tokens.Protect(Encoding.UTF8.GetBytes(tags[^1].Key), query));
        }));
    }

    private static long? IdOf(SqliteSession session, string arn)
    {
        using var statement = session.Prepare("SELECT id FROM resource WHERE arn = ?");
        statement.Bind(arn);
        return statement.Step() ? statement.GetInt64(0) : null;
    }

    private static List<ResourceTag> ReadTags(SqliteSession session, long id, string after, int count)
    {
        // Keys are never empty, so the empty text stands before all of them.
        using var statement = session.Prepare(
            "SELECT key, value FROM resource_tag WHERE resource = ? AND key > ? ORDER BY key LIMIT ?");
        statement.Bind(id).Bind(after).Bind(count);
        var tags = new List<ResourceTag>();
        while (statement.Step())
        {
            tags.Add(new ResourceTag(statement.GetString(0), statement.GetString(1)));
        }

        return tags;
    }

    private static HashSet<string> KeysOf(SqliteSession session, long id) =>
        ReadTags(session, id, "", int.MaxValue).Select(tag => tag.Key).ToHashSet(StringComparer.Ordinal);

    private static void PutTags(SqliteSession session, long id, IReadOnlyList<ResourceTag> tags)
    {
        using var statement = session.Prepare(
            "INSERT INTO resource_tag (resource, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3");
        foreach (var tag in tags)
        {
            statement.Bind(id).Bind(tag.Key).Bind(tag.Value).Execute();
        }
    }
}
