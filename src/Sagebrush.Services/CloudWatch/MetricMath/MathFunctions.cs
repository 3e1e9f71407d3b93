namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>The functions of metric math that need nothing but their arguments and the range asked for.</summary>
/// <param name="start">Where the range begins, in Unix seconds.</param>
/// <param name="end">Where it ends, in Unix seconds; itself outside.</param>
internal sealed class MathFunctions(long start, long end)
{
    private const int LongestLine = 100_800;

    /// <summary>Works out a function.</summary>
    /// <param name="name">In capitals.</param>
    /// <param name="arguments">Its arguments, worked out; words it knows, such as <c>REPEAT</c>, are texts.</param>
    /// <exception cref="ExpressionException">There is none of the name, or it takes other arguments.</exception>
    public MathValue Apply(string name, IReadOnlyList<MathValue> arguments) => (name, arguments) switch
    {
        ("ABS", [var one]) => Map(one, Math.Abs, name),
        ("CEIL", [var one]) => Map(one, Math.Ceiling, name),
        ("FLOOR", [var one]) => Map(one, Math.Floor, name),
        ("LOG", [var one]) => Map(one, Math.Log, name),
        ("LOG10", [var one]) => Map(one, Math.Log10, name),
        ("SUM", [var one]) => Aggregate(one, Enumerable.Sum, name),
        ("AVG", [var one]) => Aggregate(one, Enumerable.Average, name),
        ("MIN", [var one]) => Aggregate(one, Enumerable.Min, name),
        ("MAX", [var one]) => Aggregate(one, Enumerable.Max, name),
        ("STDDEV", [var one]) => Aggregate(one, Deviation, name),
        ("DATAPOINT_COUNT", [MathValue.One one]) => new MathValue.Scalar(one.Series.Values.Length),
        ("METRIC_COUNT", [MathValue.Many many]) => new MathValue.Scalar(many.Series.Count),
        ("PERIOD", [MathValue.One one]) => new MathValue.Scalar(one.Series.Period),
        ("RUNNING_SUM", [var one]) => MapSeries(one, RunningSum, name),
        ("RATE", [var one]) => MapSeries(one, series => Steps(series, static (value, seconds) => value / seconds), name),
        ("DIFF", [var one]) => MapSeries(one, series => Steps(series, static (value, _) => value), name),
        ("DIFF_TIME", [var one]) => MapSeries(one, series => Steps(series, static (_, seconds) => seconds), name),
        ("FILL", [var one, var with]) => MapSeries(one, series => Fill(series, with), name),
        ("TIME_SERIES", [MathValue.Scalar one]) => new MathValue.One(Constant(one.Value, 60)),
        ("IF", [var condition, var then]) => If(condition, then, null),
        ("IF", [var condition, var then, var otherwise]) => If(condition, then, otherwise),
        ("FIRST", [MathValue.Many { Series: [var first, ..] }]) => new MathValue.One(first),
        ("LAST", [MathValue.Many { Series: [.., var last] }]) => new MathValue.One(last),
        ("REMOVE_EMPTY", [MathValue.Many many]) => new MathValue.Many([.. many.Series.Where(series => series.Values.Length > 0)]),
        ("SLICE", [MathValue.Many many, MathValue.Scalar from]) => Slice(many, from.Value, many.Series.Count),
        ("SLICE", [MathValue.Many many, MathValue.Scalar from, MathValue.Scalar to]) => Slice(many, from.Value, to.Value),
        ("SORT", [MathValue.Many many, MathValue.Text by, MathValue.Text order]) => Sort(many, by.Value, order.Value, many.Series.Count),
        ("SORT", [MathValue.Many many, MathValue.Text by, MathValue.Text order, MathValue.Scalar limit]) => Sort(many, by.Value, order.Value, limit.Value),
        ("MINUTE" or "HOUR" or "DAY" or "DATE" or "MONTH" or "YEAR" or "EPOCH", [var one]) => MapSeries(one, series => Clock(series, name), name),
        ("ANOMALY_DETECTION_BAND" or "INSIGHT_RULE_METRIC" or "SERVICE_QUOTA" or "DB_PERF_INSIGHTS" or "LAMBDA", _) =>
            throw new ExpressionException($"The function {name} is not available here."),
        _ when Known.Contains(name) => throw new ExpressionException(
            $"The function {name} does not take {(arguments.Count == 0 ? "no arguments" : string.Join(", ", arguments.Select(one => one.Kind)))}."),
        _ => throw new ExpressionException($"There is no function {name}."),
    };

    private static HashSet<string> Known { get; } =
    [
        "ABS", "CEIL", "FLOOR", "LOG", "LOG10", "SUM", "AVG", "MIN", "MAX", "STDDEV", "DATAPOINT_COUNT", "METRIC_COUNT", "PERIOD",
        "RUNNING_SUM", "RATE", "DIFF", "DIFF_TIME", "FILL", "TIME_SERIES", "IF", "FIRST", "LAST", "REMOVE_EMPTY", "SLICE", "SORT",
        "MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR", "EPOCH",
    ];

    private static MathValue Map(MathValue value, Func<double, double> change, string name) => value is MathValue.Scalar scalar
        ? new MathValue.Scalar(change(scalar.Value))
        : MapSeries(value, series => series.Map(change), name);

    private static MathValue MapSeries(MathValue value, Func<TimeSeries, TimeSeries> change, string name) => value switch
    {
        MathValue.One one => new MathValue.One(change(one.Series)),
        MathValue.Many many => MathOperators.Each(many, change),
        _ => throw new ExpressionException($"The function {name} does not take {value.Kind}."),
    };

    /// <summary>Of one series a number; of several a series, at each time over those that have a value then.</summary>
    private static MathValue Aggregate(MathValue value, Func<IEnumerable<double>, double> function, string name) => value switch
    {
        MathValue.Scalar scalar => scalar,
        MathValue.One { Series.Values.Length: 0 } => new MathValue.Scalar(double.NaN),
        MathValue.One one => new MathValue.Scalar(function(one.Series.Values)),
        MathValue.Many many => new MathValue.One(TimeSeries.From(
            name,
            many.Series.Select(series => series.Period).DefaultIfEmpty(60).Max(),
            many.Series.SelectMany(series => series.Times.Zip(series.Values)).GroupBy(point => point.First).OrderBy(group => group.Key)
                .Select(group => (group.Key, function(group.Select(point => point.Second)))))),
        _ => throw new ExpressionException($"The function {name} does not take {value.Kind}."),
    };

    private static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / all.Length);
    }

    private static TimeSeries RunningSum(TimeSeries series)
    {
        var sum = 0.0;
        return series.Map(value => sum += value);
    }

    private static TimeSeries Steps(TimeSeries series, Func<double, double, double> step) => TimeSeries.From(
        series.Label,
        series.Period,
        Enumerable.Range(1, Math.Max(0, series.Times.Length - 1)).Select(i =>
            (series.Times[i], step(series.Values[i] - series.Values[i - 1], series.Times[i] - series.Times[i - 1]))));

    private static TimeSeries Clock(TimeSeries series, string name) => TimeSeries.From(
        series.Label,
        series.Period,
        series.Times.Select(time =>
        {
            var moment = DateTimeOffset.FromUnixTimeSeconds(time);
            return (time, name switch
            {
                "MINUTE" => moment.Minute,
                "HOUR" => moment.Hour,
                "DAY" => moment.DayOfWeek == DayOfWeek.Sunday ? 7 : (double)moment.DayOfWeek,
                "DATE" => moment.Day,
                "MONTH" => moment.Month,
                "YEAR" => moment.Year,
                _ => time,
            });
        }));

    private static MathValue.Many Slice(MathValue.Many many, double from, double to)
    {
        var first = (int)Math.Clamp(from, 0, many.Series.Count);
        return new MathValue.Many([.. many.Series.Take((int)Math.Clamp(to, first, many.Series.Count)).Skip(first)]);
    }

    private static MathValue.Many Sort(MathValue.Many many, string by, string order, double limit)
    {
        Func<TimeSeries, double> key = by switch
        {
            "AVG" => series => series.Values.Average(),
            "MIN" => series => series.Values.Min(),
            "MAX" => series => series.Values.Max(),
            "SUM" => series => series.Values.Sum(),
            _ => throw new ExpressionException($"SORT does not know {by}: it sorts by AVG, MIN, MAX or SUM."),
        };
        var filled = many.Series.Where(series => series.Values.Length > 0);
        var sorted = order switch
        {
            "ASC" => filled.OrderBy(key),
            "DESC" => filled.OrderByDescending(key),
            _ => throw new ExpressionException($"SORT does not know {order}: it sorts ASC or DESC."),
        };
        return new MathValue.Many(
            [.. sorted.Concat(many.Series.Where(series => series.Values.Length == 0)).Take((int)Math.Clamp(limit, 0, many.Series.Count))]);
    }

    private TimeSeries Constant(double value, int period) => TimeSeries.From("", period, Line(period).Select(time => (time, value)));

    private TimeSeries Fill(TimeSeries series, MathValue with)
    {
        switch (with)
        {
            case MathValue.Scalar constant:
                return Filled(_ => constant.Value);
            case MathValue.One other:
                return Filled(other.Series.At);
            case MathValue.Text { Value: "REPEAT" }:
                return Filled(time => Before(time) is >= 0 and var index ? series.Values[index] : null);
            case MathValue.Text { Value: "LINEAR" }:
                return Filled(time =>
                {
                    var index = Before(time);
                    return index < 0 ? null
                        : index + 1 == series.Times.Length ? series.Values[index]
                        : series.Values[index] + ((series.Values[index + 1] - series.Values[index])
                            * (time - series.Times[index]) / (series.Times[index + 1] - series.Times[index]));
                });
            default:
                throw new ExpressionException("FILL fills with a number, a time series, REPEAT or LINEAR.");
        }

        TimeSeries Filled(Func<long, double?> missing) => TimeSeries.From(
            series.Label, series.Period, Line(series.Period).Select(time => (time, series.At(time) ?? missing(time) ?? double.NaN)));

        // The last value that is earlier, for a time that has none itself.
        int Before(long time) => ~Array.BinarySearch(series.Times, time) - 1;
    }

    private IEnumerable<long> Line(int period)
    {
        var first = Metrics.MetricPeriod.Floor(start, period);
        if ((end - first) / period > LongestLine)
        {
            throw new ExpressionException($"The range has more than {LongestLine} periods of {period} seconds.");
        }

        for (var time = first; time < end; time += period)
        {
            yield return time;
        }
    }

    private static MathValue If(MathValue condition, MathValue then, MathValue? otherwise)
    {
        switch (condition)
        {
            case MathValue.Scalar scalar:
                return scalar.Value != 0 ? then : otherwise ?? new MathValue.Scalar(double.NaN);
            case MathValue.Many many:
                return new MathValue.Many([.. many.Series.Select(one => If(one, then, otherwise))]);
            case MathValue.One one:
                return new MathValue.One(If(one.Series, then, otherwise));
            default:
                throw new ExpressionException($"The function IF does not take {condition.Kind}.");
        }
    }

    private static TimeSeries If(TimeSeries condition, MathValue then, MathValue? otherwise) => TimeSeries.From(
        condition.Label,
        condition.Period,
        condition.Times.Zip(condition.Values, (time, value) => (time, (value != 0 ? then : otherwise) switch
        {
            null => double.NaN,
            MathValue.Scalar scalar => scalar.Value,
            MathValue.One one => one.Series.At(time) ?? double.NaN,
            var other => throw new ExpressionException($"The function IF does not choose {other.Kind}."),
        })));
}
