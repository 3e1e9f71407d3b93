using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>One working out of <see cref="MetricQueries"/>: each query at most once.</summary>
internal sealed class MetricQueryRun(MetricQueries queries, long start, long end)
{
    private const int MostSeries = 500;

    private readonly Dictionary<string, MathValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<Expression, IReadOnlyList<TimeSeries>> _searches = new(ReferenceEqualityComparer.Instance);
    private readonly MathFunctions _functions = new(start, end);

    public void Add(string id, TimeSeries series) => _values[id] = new MathValue.One(series);

    /// <summary>Works out an expression; those it refers to were before.</summary>
    public void Add(string id, Expression expression) => _values[id] = MetricQueries.Guard(id, () => Evaluate(expression));

    public void Add(Expression.Call search, IReadOnlyList<TimeSeries> found) => _searches[search] = found;

    /// <summary>The series that a query comes to.</summary>
    public IEnumerable<MetricQueryResult> Result(MetricDataQuery query) => _values[query.Id] switch
    {
        MathValue.One one => [new MetricQueryResult(query.Id, query.Expression is null ? one.Series : Named(one.Series, query.Label ?? query.Id))],
        MathValue.Many many => many.Series.Take(MostSeries).Select(series => new MetricQueryResult(
            query.Id,
            query.Label is null ? series : Named(series, $"{query.Label} {series.Label}"),
            many.Series.Count > MostSeries)),
        var value => MetricQueries.Guard<IEnumerable<MetricQueryResult>>(
            query.Id, () => throw new ExpressionException($"The result is {value.Kind}; it must be a time series or an array of time series.")),
    };

    private static TimeSeries Named(TimeSeries series, string label) => series with { Label = DynamicLabel.Fill(label, series, null, "") };

    private MathValue Evaluate(Expression expression) => expression switch
    {
        Expression.Number number => new MathValue.Scalar(number.Value),
        Expression.Text text => new MathValue.Text(text.Value),
        Expression.Name name => char.IsAsciiLetterLower(name.Value[0]) ? _values[name.Value] : new MathValue.Text(name.Value),
        Expression.Negative negative => MathOperators.Apply("*", new MathValue.Scalar(-1), Evaluate(negative.Inner)),
        Expression.Binary binary => MathOperators.Apply(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right)),
        Expression.Sequence sequence => new MathValue.Many([.. sequence.Items.Select(Evaluate).SelectMany(Series)]),
        Expression.Call { Function: "SEARCH" } search => new MathValue.Many(_searches[search]),
        Expression.Call { Function: "METRICS", Arguments: [] } => Metrics(""),
        Expression.Call { Function: "METRICS", Arguments: [Expression.Text filter] } => Metrics(filter.Value),
        Expression.Call call => _functions.Apply(call.Function, [.. call.Arguments.Select(Evaluate)]),
        _ => throw new ExpressionException("The expression cannot be worked out."),
    };

    private MathValue.Many Metrics(string filter) => new(
        [.. queries.MetricIds.Where(id => id.Contains(filter, StringComparison.Ordinal)).SelectMany(id => Series(_values[id]))]);

    private static IEnumerable<TimeSeries> Series(MathValue value) => value switch
    {
        MathValue.One one => [one.Series],
        MathValue.Many many => many.Series,
        _ => throw new ExpressionException($"An array holds time series, not {value.Kind}."),
    };
}
