using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public IReadOnlyList<OutboxEntry> ReadOutbox(int limit) => _index.Read(session =>
    {
        using var row = session.Prepare("SELECT id, text FROM outbox ORDER BY id LIMIT ?");
        row.Bind(limit);
        var entries = new List<OutboxEntry>();
        while (row.Step())
        {
            entries.Add(new(row.GetInt64(0), row.GetString(1)));
        }

        return entries;
    });

    /// <inheritdoc/>
    public Task ClearOutboxAsync(OutboxEntry last, CancellationToken cancellationToken = default) => _index.WriteAsync(
        session =>
        {
            using var statement = session.Prepare("DELETE FROM outbox WHERE id <= ?");
            statement.Bind(last.Id).Execute();
        },
        cancellationToken);

    /// <summary>Leaves in the change's own transaction what is to be told of it.</summary>
    private static void Announce(SqliteSession session, IReadOnlyList<string>? texts)
    {
        foreach (var text in texts ?? [])
        {
            using var statement = session.Prepare("INSERT INTO outbox (text) VALUES (?)");
            statement.Bind(text).Execute();
        }
    }
}
