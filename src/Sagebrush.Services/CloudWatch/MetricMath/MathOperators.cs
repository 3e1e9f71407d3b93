namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>The operators of metric math, over numbers and time series.</summary>
internal static class MathOperators
{
    /// <summary>Works out one operator. True is 1 and false is 0.</summary>
    /// <exception cref="ExpressionException">The two sides do not go together.</exception>
    public static MathValue Apply(string name, MathValue left, MathValue right)
    {
        var apply = Function(name);
        return (left, right) switch
        {
            (MathValue.Scalar a, MathValue.Scalar b) => new MathValue.Scalar(apply(a.Value, b.Value)),
            (MathValue.Scalar a, MathValue.One b) => new MathValue.One(b.Series.Map(value => apply(a.Value, value))),
            (MathValue.One a, MathValue.Scalar b) => new MathValue.One(a.Series.Map(value => apply(value, b.Value))),
            (MathValue.One a, MathValue.One b) => new MathValue.One(a.Series.Join(b.Series, apply)),
            (MathValue.Many a, MathValue.Scalar b) => Each(a, one => one.Map(value => apply(value, b.Value))),
            (MathValue.Scalar a, MathValue.Many b) => Each(b, one => one.Map(value => apply(a.Value, value))),
            (MathValue.Many a, MathValue.One b) => Each(a, one => one.Join(b.Series, apply)),
            (MathValue.One a, MathValue.Many b) => Each(b, one => one.Join(a.Series, (value, other) => apply(other, value))),
            _ => throw new ExpressionException($"{left.Kind} {name} {right.Kind} is not possible."),
        };
    }

    /// <summary>All series of an array changed alike.</summary>
    public static MathValue.Many Each(MathValue.Many many, Func<TimeSeries, TimeSeries> change) => new([.. many.Series.Select(change)]);

    private static Func<double, double, double> Function(string name) => name switch
    {
        "+" => static (a, b) => a + b,
        "-" => static (a, b) => a - b,
        "*" => static (a, b) => a * b,
        "/" => static (a, b) => a / b,
        "^" => Math.Pow,
        "==" => static (a, b) => a == b ? 1 : 0,
        "!=" => static (a, b) => a != b ? 1 : 0,
        "<" => static (a, b) => a < b ? 1 : 0,
        ">" => static (a, b) => a > b ? 1 : 0,
        "<=" => static (a, b) => a <= b ? 1 : 0,
        ">=" => static (a, b) => a >= b ? 1 : 0,
        "&&" => static (a, b) => a != 0 && b != 0 ? 1 : 0,
        _ => static (a, b) => a != 0 || b != 0 ? 1 : 0,
    };
}
