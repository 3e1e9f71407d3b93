namespace Sagebrush.State.Resources;

public sealed partial class SqliteResourceStore
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryAcquireAsync(
        string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                var now = _time.GetUtcNow();
                using var statement = session.Prepare(
                    """
                    INSERT INTO lease (name, owner, expires) VALUES (?1, ?2, ?3)
                    ON CONFLICT DO UPDATE SET owner = ?2, expires = ?3 WHERE owner = ?2 OR expires <= ?4
                    """);
                return statement.Bind(name).Bind(owner).Bind((now + duration).ToUnixTimeMilliseconds())
                    .Bind(now.ToUnixTimeMilliseconds()).Execute() > 0;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> RenewAsync(
        string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                var now = _time.GetUtcNow();
                using var statement = session.Prepare(
                    "UPDATE lease SET expires = ? WHERE name = ? AND owner = ? AND expires > ?");
                return statement.Bind((now + duration).ToUnixTimeMilliseconds()).Bind(name).Bind(owner)
                    .Bind(now.ToUnixTimeMilliseconds()).Execute() > 0;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(string name, string owner, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                using var statement = session.Prepare("DELETE FROM lease WHERE name = ? AND owner = ?");
                statement.Bind(name).Bind(owner).Execute();
            },
            cancellationToken);
}
