using System.Runtime.InteropServices;
using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Metrics;

/// <summary>The metric store in one SQLite file.</summary>
public sealed partial class SqliteMetricStore : IMetricStore, IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly PageTokenProtector _tokens;

    private SqliteMetricStore(SqliteDatabase database, TimeProvider time, PageTokenProtector tokens)
    {
        _database = database;
        _time = time;
        _tokens = tokens;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Opens the store's file, or makes it.</summary>
    /// <exception cref="DatabaseException">The file cannot be opened, is damaged, or is from a newer version.</exception>
    public static SqliteMetricStore Open(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var database = SqliteDatabase.Open(new SqliteDatabaseOptions
        {
            Path = path,
            Migrations = MetricSchema.Migrations,
            CheckpointPages = 8000,
            CanShrink = true,
        });
        var key = database.Read(static session =>
        {
            using var statement = session.Prepare("SELECT value FROM setting WHERE name = 'page_token_key'");
            statement.Step();
            return statement.GetBytes(0).ToArray();
        });
        return new SqliteMetricStore(database, time, new PageTokenProtector(key));
    }

    /// <summary>Finishes the writes that wait, and closes the file.</summary>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask PutAsync(IReadOnlyList<MetricSample> samples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0)
        {
            return;
        }

        // Joined before the writer's turn: a batch mostly holds many values of few periods.
        var now = Now;
        var periods = new Dictionary<(MetricKey Metric, int Resolution, long Time, string Unit), StatisticSet>();
        foreach (var sample in samples)
        {
            var resolution = MetricTier.ResolutionFor(sample.HighResolution, now - sample.Time);
            ref var values = ref CollectionsMarshal.GetValueRefOrAddDefault(
                periods, (sample.Metric, resolution, MetricTier.Floor(sample.Time, resolution), sample.Unit), out _);
            values ??= new StatisticSet();
            values.Add(sample.Values);
        }

        await _database.WriteAsync(
            session =>
            {
                foreach (var ((metric, resolution, time, unit), values) in periods)
                {
                    Merge(session, new PeriodKey(IdFor(session, metric, time), resolution, time, unit), values);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetricDatapoint>> ReadAsync(
        MetricRead read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfLessThan(read.Period, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read<IReadOnlyList<MetricDatapoint>>(session =>
        {
            if (FindMetric(session, read.Metric) is not { } metric)
            {
                return [];
            }

            var points = new SortedDictionary<(long Time, string Unit), StatisticSet>();
            foreach (var tier in MetricTier.All)
            {
                if (tier.Resolution <= read.Period)
                {
                    ReadTier(session, metric.Id, tier.Resolution, read, points);
                }
            }

            return [.. points.Select(point => new MetricDatapoint(point.Key.Time, read.ByUnit ? point.Key.Unit : null, point.Value))];
        }));
    }

    private static void ReadTier(
        SqliteSession session, long metric, int resolution, MetricRead read, SortedDictionary<(long, string), StatisticSet> points)
    {
        using var statement = session.Prepare(read.WithDistribution
            ? """
              SELECT time, unit, samples, sum, minimum, maximum, distribution FROM metric_period
              WHERE metric = ?1 AND resolution = ?2 AND time >= ?3 AND time < ?4 AND (?5 IS NULL OR unit = ?5)
              """
            : """
              SELECT time, unit, samples, sum, minimum, maximum, NULL FROM metric_period
              WHERE metric = ?1 AND resolution = ?2 AND time >= ?3 AND time < ?4 AND (?5 IS NULL OR unit = ?5)
              """);
        statement.Bind(metric).Bind(resolution).Bind(read.Start).Bind(read.End).Bind(read.Unit);
        while (statement.Step())
        {
            var key = (MetricTier.Floor(statement.GetInt64(0), read.Period, read.Origin), read.ByUnit ? statement.GetString(1) : "");
            var values = ReadValues(statement, 2);
            if (points.TryGetValue(key, out var point))
            {
                point.Add(values);
            }
            else
            {
                points.Add(key, values);
            }
        }
    }

    /// <summary>Adds values to a stored period, or stores them as a new one.</summary>
    private static void Merge(SqliteSession session, PeriodKey key, StatisticSet values)
    {
        using (var find = session.Prepare(
            """
            SELECT samples, sum, minimum, maximum, distribution FROM metric_period
            WHERE metric = ? AND resolution = ? AND time = ? AND unit = ?
            """))
        {
            find.Bind(key.Metric).Bind(key.Resolution).Bind(key.Time).Bind(key.Unit);
            if (find.Step())
            {
                var stored = ReadValues(find, 0);
                stored.Add(values);
                values = stored;
            }
        }

        using var put = session.Prepare(
            """
            INSERT OR REPLACE INTO metric_period (metric, resolution, time, unit, samples, sum, minimum, maximum, distribution)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        put.Bind(key.Metric).Bind(key.Resolution).Bind(key.Time).Bind(key.Unit)
            .Bind(values.SampleCount).Bind(values.Sum).Bind(values.Minimum).Bind(values.Maximum);
        if (values.Distribution is { } distribution)
        {
            put.BindBlob(distribution.ToBytes());
        }
        else
        {
            put.BindNull();
        }

        put.Execute();
    }

    private static StatisticSet ReadValues(SqliteStatement row, int first) => new(
        row.GetDouble(first),
        row.GetDouble(first + 1),
        row.GetDouble(first + 2),
        row.GetDouble(first + 3),
        row.IsNull(first + 4) ? null : ValueDistribution.FromBytes(row.GetBytes(first + 4)));

    private readonly record struct PeriodKey(long Metric, int Resolution, long Time, string Unit);
}
