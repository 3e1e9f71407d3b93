using System.Text.RegularExpressions;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;
using Statistic = Sagebrush.Services.CloudWatch.Metrics.Statistic;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>Metrics and expressions that name each other by ids, as GetMetricData, alarms and pictures have them.</summary>
/// <remarks>Checked once when made; may then be worked out for any range. Thread-safe.</remarks>
internal sealed partial class MetricQueries
{
    private const int DefaultPeriod = 300;

    private readonly IMetricStore _store;
    private readonly string _account;
    private readonly string _region;
    private readonly IReadOnlyList<MetricDataQuery> _queries;
    private readonly Dictionary<string, Expression> _expressions = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Expression> _order = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Statistic> _statistics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MetricKey> _metrics = new(StringComparer.Ordinal);

    /// <summary>Checks the queries.</summary>
    /// <param name="store">Where the metrics are.</param>
    /// <param name="account">Whose metrics are meant.</param>
    /// <param name="region">In which region.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="member">The request's member with the queries, for refusals.</param>
    /// <exception cref="ServiceException">Something in them is wrong.</exception>
    public MetricQueries(IMetricStore store, string account, string region, IReadOnlyList<MetricDataQuery> queries, string member)
    {
        (_store, _account, _region, _queries) = (store, account, region, queries);
        for (var i = 0; i < queries.Count; i++)
        {
            Check(queries[i], $"{member}.member.{i + 1}");
        }

        foreach (var (id, expression) in _expressions)
        {
            CheckNames(id, expression);
        }

        foreach (var id in _expressions.Keys)
        {
            PutInOrder(id, []);
        }
    }

    /// <summary>The queries as they were given.</summary>
    public IReadOnlyList<MetricDataQuery> All => _queries;

    /// <summary>The longest period of any of them, in seconds.</summary>
    public int Period => _queries.Max(query => query.MetricStat?.Period ?? query.Period ?? 1);

    /// <summary>Works out the queries that are to be returned, in the order given.</summary>
    /// <param name="start">Where the range begins, in Unix seconds.</param>
    /// <param name="end">Where it ends, in Unix seconds; itself outside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">An expression cannot be worked out.</exception>
    public async ValueTask<IReadOnlyList<MetricQueryResult>> RunAsync(long start, long end, CancellationToken cancellationToken)
    {
        var run = new MetricQueryRun(this, start, end);
        foreach (var (id, metric) in _metrics)
        {
            var query = _queries.First(one => one.Id == id);
            run.Add(id, await ReadAsync(metric, _statistics[id], query.MetricStat!.Period, query.MetricStat.Unit, query.Label, start, end, cancellationToken));
        }

        foreach (var call in _expressions.Values.SelectMany(one => one.All()).OfType<Expression.Call>().Where(one => one.Function == "SEARCH"))
        {
            run.Add(call, await SearchAsync(call, start, end, cancellationToken));
        }

        foreach (var (id, expression) in _order)
        {
            run.Add(id, expression);
        }

        var results = new List<MetricQueryResult>();
        foreach (var query in _queries.Where(one => one.ReturnData is not false))
        {
            results.AddRange(run.Result(query));
        }

        return results;
    }

    /// <summary>The ids of the queries that have a metric.</summary>
    internal IEnumerable<string> MetricIds => _metrics.Keys;

    private async ValueTask<TimeSeries> ReadAsync(
        MetricKey metric, Statistic statistic, int period, string? unit, string? label, long start, long end, CancellationToken cancellationToken)
    {
        var points = await _store.ReadAsync(
            new MetricRead
            {
                Metric = metric,
                Start = MetricPeriod.Floor(start, period),
                End = end,
                Period = period,
                Unit = unit,
                WithDistribution = statistic.NeedsDistribution,
            },
            cancellationToken);
        var series = TimeSeries.From(metric.Name, period, points.Select(point => (point.Time, statistic.Of(point.Values) ?? double.NaN)));
        return label is null ? series : series with { Label = DynamicLabel.Fill(label, series, metric, statistic.Name) };
    }

    private async ValueTask<IReadOnlyList<TimeSeries>> SearchAsync(Expression.Call call, long start, long end, CancellationToken cancellationToken)
    {
        var (search, statistic, period) = SearchArguments(call);
        var found = new List<TimeSeries>();
        foreach (var metric in await search.RunAsync(_store, _account, _region, start, cancellationToken))
        {
            var series = await ReadAsync(metric, statistic, period, null, null, start, end, cancellationToken);
            var values = metric.Dimensions.Select(one => one.Value);
            found.Add(series with { Label = string.Join(' ', values.Append(metric.Name)) });
        }

        return found;
    }

    private static (MetricSearch Search, Statistic Statistic, int Period) SearchArguments(Expression.Call call) => call.Arguments switch
    {
        [Expression.Text search, Expression.Text statistic] => (MetricSearch.Parse(search.Value), Find(statistic.Value), DefaultPeriod),
        [Expression.Text search, Expression.Text statistic, Expression.Number { Value: >= 1 and <= 86_400 } period] =>
            (MetricSearch.Parse(search.Value), Find(statistic.Value), (int)period.Value),
        _ => throw new ExpressionException("SEARCH takes a text to search for, a statistic and a period, as in SEARCH('{Namespace,Dimension} word', 'Average', 300)."),
    };

    private static Statistic Find(string name) =>
        Statistic.TryParse(name) ?? throw new ExpressionException($"There is no statistic {name}.");

    private void Check(MetricDataQuery query, string member)
    {
        if (!IdPattern().IsMatch(query.Id))
        {
            throw Refuse($"The value {query.Id} for parameter {member}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
        }

        if (_expressions.ContainsKey(query.Id) || _metrics.ContainsKey(query.Id))
        {
            throw Refuse($"The values for parameter id in MetricDataQueries are not unique: {query.Id}.");
        }

        switch (query)
        {
            case { MetricStat: not null, Expression: not null } or { MetricStat: null, Expression: null }:
                throw Refuse($"Exactly one of the parameters {member}.MetricStat and {member}.Expression must be specified.");
            case { MetricStat: { } stat }:
                if (stat.Metric is not { Namespace: { } space, MetricName: { } name })
                {
                    throw Refuse($"The parameters {member}.MetricStat.Metric.Namespace and {member}.MetricStat.Metric.MetricName are required.");
                }

                MetricPeriod.Check(stat.Period, $"{member}.MetricStat.Period");
                _statistics[query.Id] = Statistic.Parse(stat.Stat, $"{member}.MetricStat.Stat");
                _metrics[query.Id] = MetricNames.Metric(
                    _account, _region, space, name, stat.Metric.Dimensions, $"{member}.MetricStat.Metric.Dimensions");
                break;
            case { Expression: { } text }:
                _expressions[query.Id] = Guard(query.Id, () => ExpressionParser.Parse(text));
                break;
        }
    }

    private void CheckNames(string id, Expression expression) => Guard(id, () =>
    {
        foreach (var part in expression.All())
        {
            if (part is Expression.Name { Value: var name } && char.IsAsciiLetterLower(name[0])
                && !_metrics.ContainsKey(name) && !_expressions.ContainsKey(name))
            {
                throw new ExpressionException($"Undefined identifier: {name}.");
            }

            if (part is Expression.Call { Function: "SEARCH" } search)
            {
                SearchArguments(search);
            }
        }

        return true;
    });

    /// <summary>Puts an expression behind those it refers to.</summary>
    private void PutInOrder(string id, HashSet<string> above)
    {
        if (_order.ContainsKey(id))
        {
            return;
        }

        if (!above.Add(id))
        {
            throw Refuse($"Error in expression '{id}': it refers to itself.");
        }

        foreach (var name in _expressions[id].All().OfType<Expression.Name>())
        {
            if (_expressions.ContainsKey(name.Value))
            {
                PutInOrder(name.Value, above);
            }
        }

        above.Remove(id);
        _order.Add(id, _expressions[id]);
    }

    /// <summary>Runs something over an expression; what is wrong with it becomes the caller's error.</summary>
    internal static T Guard<T>(string id, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExpressionException exception)
        {
            throw Refuse($"Error in expression '{id}': {exception.Message}");
        }
    }

    private static ServiceException Refuse(string message) => new("ValidationError", message);

    [GeneratedRegex(@"\A[a-z][a-zA-Z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
