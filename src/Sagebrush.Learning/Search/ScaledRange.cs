namespace Sagebrush.Learning.Search;

/// <summary>A numeric interval with its scaling, mapped to [0, 1] and back.</summary>
internal readonly struct ScaledRange
{
    // Ranges over fewer orders of magnitude look alike on both scales, and warping makes up for the rest.
    private const double WideRatio = 1000;

    private readonly double _low;
    private readonly double _high;
    private readonly ParameterScaling _scaling;

    /// <summary>Checks and maps a range.</summary>
    /// <exception cref="ArgumentException">The range is empty or does not suit its scaling.</exception>
    public ScaledRange(double minimum, double maximum, ParameterScaling scaling, string name)
    {
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum) || minimum > maximum)
        {
            throw new ArgumentException($"The range of '{name}' must go from a number to one that is not smaller.", nameof(minimum));
        }

        _scaling = scaling == ParameterScaling.Auto ? Choose(minimum, maximum) : scaling;
        if (_scaling == ParameterScaling.Logarithmic && minimum <= 0)
        {
            throw new ArgumentException($"The range of '{name}' must lie above 0 for logarithmic scaling.", nameof(minimum));
        }

        if (_scaling == ParameterScaling.ReverseLogarithmic && (minimum < 0 || maximum >= 1))
        {
            throw new ArgumentException($"The range of '{name}' must lie within [0, 1) for reverse logarithmic scaling.", nameof(minimum));
        }

        _low = Scale(minimum);
        _high = Scale(maximum);
    }

    public double ToUnit(double value) => _high <= _low ? 0.5 : Math.Clamp((Scale(value) - _low) / (_high - _low), 0, 1);

    public double FromUnit(double unit)
    {
        var scaled = _low + (Math.Clamp(unit, 0, 1) * (_high - _low));
        return _scaling switch
        {
            ParameterScaling.Logarithmic => Math.Exp(scaled),
            ParameterScaling.ReverseLogarithmic => 1 - Math.Exp(-scaled),
            _ => scaled,
        };
    }

    private static ParameterScaling Choose(double minimum, double maximum) =>
        minimum > 0 && maximum / minimum >= WideRatio ? ParameterScaling.Logarithmic
        : minimum >= 0 && maximum < 1 && (1 - minimum) / (1 - maximum) >= WideRatio ? ParameterScaling.ReverseLogarithmic
        : ParameterScaling.Linear;

    private double Scale(double value) => _scaling switch
    {
        ParameterScaling.Logarithmic => Math.Log(value),
        ParameterScaling.ReverseLogarithmic => -Math.Log(1 - value),
        _ => value,
    };
}
