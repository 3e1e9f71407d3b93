using System.Text;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Metrics;

public sealed partial class SqliteMetricStore
{
    private const int MostKnown = 50_000;
    private const int SeenGrain = 60;

    // What the writer has seen durable; read and changed on its thread only.
    private readonly Dictionary<MetricKey, (long Id, long LastTime)> _known = [];

    /// <inheritdoc/>
    public ValueTask<MetricPage> ListAsync(MetricListQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var fingerprint = query.Fingerprint();
        var after = query.PageToken is null ? null : Encoding.UTF8.GetString(_tokens.Unprotect(query.PageToken, fingerprint)).Split('\n', 3);
        var metrics = _database.Read(session => ReadMetrics(session, query, after));
        if (metrics.Count <= query.PageSize)
        {
            return new(new MetricPage(metrics, null));
        }

        metrics.RemoveAt(query.PageSize);
        var last = metrics[^1];
        return new(new MetricPage(
            metrics, _tokens.Protect(Encoding.UTF8.GetBytes($"{last.Namespace}\n{last.Name}\n{last.Dimensions.Text}"), fingerprint)));
    }

    private static List<MetricKey> ReadMetrics(SqliteSession session, MetricListQuery query, string[]? after)
    {
        var sql = new StringBuilder("SELECT namespace, name, dimensions FROM metric WHERE account = ? AND region = ? AND last_time >= ?");
        Add(query.Namespace is not null, " AND namespace = ?");
        Add(query.Name is not null, " AND name = ?");
        Add(after is not null, " AND (namespace, name, dimensions) > (?, ?, ?)");
        foreach (var (_, value) in query.Dimensions)
        {
            sql.Append(" AND EXISTS (SELECT 1 FROM metric_dimension d WHERE d.metric = metric.id AND d.name = ?");
            Add(value is not null, " AND d.value = ?");
            sql.Append(')');
        }

        sql.Append(" ORDER BY namespace, name, dimensions LIMIT ?");
        using var statement = session.Prepare(sql.ToString());
        statement.Bind(query.Account).Bind(query.Region).Bind(query.ActiveSince);
        BindSome(query.Namespace);
        BindSome(query.Name);
        foreach (var part in after ?? [])
        {
            statement.Bind(part);
        }

        foreach (var (name, value) in query.Dimensions)
        {
            statement.Bind(name);
            BindSome(value);
        }

        statement.Bind(query.PageSize + 1);
        var metrics = new List<MetricKey>();
        while (statement.Step())
        {
            metrics.Add(new MetricKey(
                query.Account,
                query.Region,
                statement.GetString(0),
                statement.GetString(1),
                MetricDimensions.Parse(statement.GetBytes(2))));
        }

        return metrics;

        void Add(bool condition, string text)
        {
            if (condition)
            {
                sql.Append(text);
            }
        }

        void BindSome(string? value)
        {
            if (value is not null)
            {
                statement.Bind(value);
            }
        }
    }

    /// <summary>The metric's id, made when it is new, with its latest time noted.</summary>
    private long IdFor(SqliteSession session, MetricKey key, long time)
    {
        if (_known.TryGetValue(key, out var known) && time < known.LastTime + SeenGrain)
        {
            return known.Id;
        }

        var id = FindMetric(session, key) is { } found ? Touch(session, found.Id, time) : Insert(session, key, time);
        session.AfterCommit(() =>
        {
            if (_known.Count >= MostKnown)
            {
                _known.Clear();
            }

            _known[key] = (id, time);
        });
        return id;
    }

    private static long Touch(SqliteSession session, long id, long time)
    {
        using var statement = session.Prepare("UPDATE metric SET last_time = max(last_time, ?) WHERE id = ?");
        statement.Bind(time).Bind(id).Execute();
        return id;
    }

    private static long Insert(SqliteSession session, MetricKey key, long time)
    {
        using (var metric = session.Prepare(
            "INSERT INTO metric (account, region, namespace, name, dimensions, last_time) VALUES (?, ?, ?, ?, ?, ?)"))
        {
            metric.Bind(key.Account).Bind(key.Region).Bind(key.Namespace).Bind(key.Name).Bind(key.Dimensions.Text).Bind(time)
                .Execute();
        }

        var id = session.LastInsertRowId;
        using var dimension = session.Prepare("INSERT INTO metric_dimension (metric, name, value) VALUES (?, ?, ?)");
        foreach (var (name, value) in key.Dimensions)
        {
            dimension.Bind(id).Bind(name).Bind(value).Execute();
        }

        return id;
    }

    private static (long Id, long LastTime)? FindMetric(SqliteSession session, MetricKey key)
    {
        using var statement = session.Prepare(
            "SELECT id, last_time FROM metric WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimensions = ?");
        statement.Bind(key.Account).Bind(key.Region).Bind(key.Namespace).Bind(key.Name).Bind(key.Dimensions.Text);
        return statement.Step() ? (statement.GetInt64(0), statement.GetInt64(1)) : null;
    }
}
